"""The languages in which an activity is given."""

#: ISO 639 codes, those of two letters where there are such; French sign language has three.
LANGUAGES: tuple[str, ...] = (
    *("fr", "fsl", "en", "ar", "de", "es", "it", "pt", "ru", "tr", "uk", "zh"),
    *("el", "fa", "frp", "hy", "ja", "ko", "nl", "oc", "pl", "ro", "ta", "vi"),
)
