"""The page of a conversation in a real browser: it plays what is clicked, and runs nothing else."""

from pathlib import Path

from tests.browser import browsing, needs_chromium
from tests.cli.conftest import Enter
from tests.speech_tables import exported
from tests.spoken import CONVERSATION, HOSTILE

ATTACK = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    "</bdi></button><svg onload=alert(1)>${document.title='owned'}"
)
LOADED = """new Promise((done) => { const sound = document.querySelector("audio");
    if (sound.readyState) { done(sound.duration); }
    sound.addEventListener("loadedmetadata", () => done(sound.duration));
    sound.addEventListener("error", () => done("error")); })"""
SEEKED = """new Promise((done) => { const sound = document.querySelector("audio");
    const wait = () => sound.seeking ? setTimeout(wait, 5) : done(sound.currentTime); wait(); })"""


@needs_chromium
def test_a_hostile_page_plays_what_is_clicked_and_runs_nothing_of_it(
    tmp_path: Path, enter: Enter
) -> None:
    data, made = tmp_path / "data", tmp_path / "page.html"
    exported(data, "".join((ATTACK, *HOSTILE)).encode(errors="replace").decode())
    assert enter("show", CONVERSATION, "--data", str(data), "--output", str(made)) == 0

    with browsing(tmp_path / "profile") as page:
        page.open(made.as_uri())
        length = page.value(LOADED)
        page.click('button[data-ms="1500"]')
        at = page.value(SEEKED)
        title = page.value("document.title")
        scripts = page.value("document.scripts.length")
        shown = page.value('document.querySelector(".transcript").textContent')
        chosen = page.value("document.querySelector('[aria-current]').dataset.ms")

    assert page.trouble == []
    assert length == 4
    assert 1.5 <= at < 4
    assert chosen == "1500"
    assert (scripts, "owned" in title) == (1, False)
    assert ATTACK in shown
