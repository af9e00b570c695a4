"""The sign-in page of the development issuer, in Finnish, Swedish and English."""

from collections.abc import Mapping

from jinja2 import Environment

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Sign in",
        "where": "The development issuer of this stack. A city puts its own identity provider in its place.",
        "refused": "Signing in did not work.",
        "again": "Check the user name and the password. After five wrong tries you have to wait for a minute.",
        "user": "User name",
        "password": "Password",
    },
    "fi": {
        "title": "Kirjaudu sisään",
        "where": "Tämä on kehitysympäristön kirjautuminen. Kaupunki käyttää sen tilalla omaa tunnistuspalveluaan.",
        "refused": "Kirjautuminen ei onnistunut.",
        "again": "Tarkista käyttäjätunnus ja salasana. Viiden väärän yrityksen jälkeen on odotettava minuutti.",
        "user": "Käyttäjätunnus",
        "password": "Salasana",
    },
    "sv": {
        "title": "Logga in",
        "where": "Det här är utvecklingsmiljöns inloggning. Staden använder sin egen identifieringstjänst i stället.",
        "refused": "Inloggningen lyckades inte.",
        "again": "Kontrollera användarnamnet och lösenordet. Efter fem felaktiga försök måste du vänta en minut.",
        "user": "Användarnamn",
        "password": "Lösenord",
    },
}
_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ text.title }} – Polku</title>
<style>
  body { font: 1.125rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0; }
  main { max-width: 26rem; margin: 2rem auto; padding: 0 1rem; }
  label { display: block; font-weight: 600; }
  input, button { font: inherit; padding: .5rem 1rem; border: 2px solid #555; border-radius: 4px; }
  input { width: 100%; box-sizing: border-box; }
  button { font-weight: 600; color: #fff; background: #00508f; border-color: #00508f; }
  input:focus-visible, button:focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
  .problem { border-left: 6px solid #b3261e; padding: .25rem 1rem; background: #fbeceb; }
</style>
</head>
<body>
<main>
  <h1>{{ text.title }}</h1>
  {% if refused %}
  <div class="problem" role="alert"><p><strong>{{ text.refused }}</strong></p><p>{{ text.again }}</p></div>
  {% endif %}
  <form method="post" action="authorize">
    {% for name, value in passed_on.items() %}
    <input type="hidden" name="{{ name }}" value="{{ value }}">
    {% endfor %}
    <p><label for="user">{{ text.user }}</label>
    <input id="user" name="user" type="text" autocomplete="username" autocapitalize="none" spellcheck="false"
     required maxlength="200"></p>
    <p><label for="password">{{ text.password }}</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="200"></p>
    <p><button type="submit">{{ text.title }}</button></p>
  </form>
  <p>{{ text.where }}</p>
</main>
</body>
</html>
"""
)


def render(passed_on: Mapping[str, str], *, refused: bool) -> str:
    """The page; `passed_on` is the authorization request, whose `ui_locales` choose the language."""
    wanted = [tag.split("-")[0] for tag in passed_on.get("ui_locales", "").split()]
    language = next((tag for tag in wanted if tag in TEXTS), "en")
    return _PAGE.render(language=language, text=TEXTS[language], passed_on=passed_on, refused=refused)
