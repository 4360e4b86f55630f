// Demo mode only: a click on an account writes its name into the form.

document.addEventListener("click", (event) => {
  const account = event.target.closest("[data-account]");
  if (!account) return;
  document.querySelector("input[name=login]").value = account.dataset.account;
  document.querySelector("input[name=password]").focus();
});
