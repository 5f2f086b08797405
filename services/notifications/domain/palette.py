"""The colours of the mails: the site's tokens, spelt out because mail readers know no variables."""

#: Each name is a custom property of `shared/web/static/parvis.css/10-tokens.css`.
LIGHT = {
    "paper": "#fbf7ef",
    "surface": "#fffdf9",
    "ink": "#211c15",
    "quiet": "#625849",
    "line": "#e2d7c3",
    "brand": "#0f4a41",
    "on_brand": "#fffdf6",
    "brand_soft": "#dcece4",
    "link": "#0d5a4e",
    "saffron": "#f4c04e",
    "bad": "#9c1c28",
    "warn": "#7a4a00",
    "night": "#0f3b36",
    "on_night": "#fbf4e4",
}

DARK = {
    "paper": "#171512",
    "surface": "#211e19",
    "ink": "#f2ecdf",
    "quiet": "#b9af9d",
    "line": "#3a352b",
    "brand": "#7fd3bd",
    "on_brand": "#07241f",
    "brand_soft": "#1b3a33",
    "link": "#8bd8c3",
    "bad": "#ffaca5",
    "warn": "#f3cc75",
    "night": "#0c2b27",
}
