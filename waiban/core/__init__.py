"""What every part of the portal shares and no business owns."""
