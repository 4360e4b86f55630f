"""The refusal of a file."""


class BadFile(Exception):
    """A file that may not come in: `code` is stable, the text a Chinese sentence that says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
