"""The colours of the mails: the site's own, spelt out because mail readers know no variables."""

LIGHT = {
    "ground": "#f5f2ec",
    "sheet": "#ffffff",
    "ink": "#1d1b2e",
    "quiet": "#5c5870",
    "line": "#e2ddd2",
    "accent": "#3b2fb5",
    "on_accent": "#ffffff",
    "tint": "#efedfb",
    "alert": "#a3252c",
}

DARK = {
    "ground": "#12111c",
    "sheet": "#1c1b2a",
    "ink": "#f1eff9",
    "quiet": "#b3afc6",
    "line": "#35334a",
    "accent": "#b6adff",
    "on_accent": "#161427",
    "tint": "#272541",
    "alert": "#ff9d97",
}
