"""Open links: bulk posting costs and shows, people get through, proofs count once."""

import base64
import json
import re
from datetime import datetime, timedelta

import altcha
import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from config import env
from surveys.models import Response, Wave
from surveys.protection import cookies, networks, pagekeys, proofs
from tests.surveys.factories import document, make_questionnaire, make_response, make_wave
from tests.surveys.test_answering import Respondent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


@pytest.fixture(autouse=True)
def _empty_guard():
    caches["guard"].clear()
    yield
    caches["guard"].clear()


class Visitor(Respondent):
    """Somebody at an address of a network."""

    def __init__(self, wave: Wave, address: str = "203.0.113.7", **headers: str) -> None:
        super().__init__(wave)
        self.client = Client(REMOTE_ADDR=address, **headers)

    def key(self, page: str) -> str:
        request = RequestFactory().get("/")
        request.COOKIES = {name: cookie.value for name, cookie in self.client.cookies.items()}
        secret = cookies.secret(request, self.wave)
        return pagekeys.sign(wave=self.wave, secret=secret, page=page, at=timezone.now())

    def challenge(self) -> dict:
        return self.client.get(f"{self.home}challenge/").json()

    def hand_in(self, **more):
        """Begin and send the two pages of somebody who has not heard of it."""
        self.begin()
        self.post("first", {"heard": "no"})
        return self.post("third", {"area": "KH"}, **more)

    def check(self, **fields):
        html = self.client.get(f"{self.home}check/").content.decode()
        key = re.search(r'name="key" value="([^"]+)"', html).group(1)
        first, second = re.search(r"How much is (\d) \+ (\d)\?", html).groups()
        data = {"key": key, "sum": int(first) + int(second)} | fields
        return self.client.post(f"{self.home}check/", data)


def solved(challenge: dict) -> str:
    """What a browser's worker sends for a challenge."""
    parsed = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(parsed)
    return altcha.Payload(parsed, solution).to_base64()


def crowd_in(wave: Wave, many: int, address: str = "203.0.113.99") -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    for _number in range(many):
        networks.note_begun(request, wave, at=timezone.now())


def work(challenge: dict) -> int:
    """How many derivations a challenge asks for."""
    return altcha.solve_challenge(altcha.Challenge.from_dict(challenge)).counter + 1


def only(wave: Wave) -> Response:
    return Response.objects.get(wave=wave)


def flags(response: Response) -> set[str]:
    return set(response.flags.values_list("kind", flat=True))


# ------------------------------------------------------------------------------- check 20


def test_check_20_five_hundred_scripted_posts_from_one_network_are_slowed_and_flagged():
    """A script that follows every link but works nothing: after twenty it gets no further."""
    one_page = document() | {"pages": document()["pages"][2:]}
    wave = make_wave(questionnaire=make_questionnaire(document=one_page))
    went_through = 0
    visitor = Visitor(wave)
    for number in range(500):
        visitor.client.cookies.clear()
        visitor.client.defaults["REMOTE_ADDR"] = f"203.0.113.{number % 250 + 1}"
        visitor.begin()
        final = visitor.post("third", {"area": "KH"})
        went_through += final["Location"].endswith("/thanks/")

    assert went_through == networks.CROWDS[0] - 1
    assert Response.objects.submitted().count() == went_through
    held = Visitor(wave)
    held.begin()
    # Who works must work much more than on a quiet network: seconds for each answer.
    assert proofs.TRIES[0] < 100
    assert work(held.challenge()) > 10 * proofs.TRIES[0]
    submitted = Response.objects.submitted()
    assert {tuple(flags(response) & {"lower_trust"}) for response in submitted} == {
        ("lower_trust",)
    }
    marks = {
        response.paradata["network"]
        for response in Response.objects.filter(wave=wave)[:500]
        if "network" in response.paradata
    }
    assert len(marks) == 1


def test_check_20_those_who_work_through_a_crowd_are_flagged_as_a_burst():
    wave = make_wave()
    crowd_in(wave, networks.CROWDS[0])
    visitor = Visitor(wave)
    visitor.begin()
    payload = solved(visitor.challenge())
    visitor.post("first", {"heard": "no"}, altcha=payload)
    final = visitor.post("third", {"area": "KH"})

    assert final["Location"].endswith("/thanks/")
    response = only(wave)
    assert response.paradata["proof"] == "work"
    assert response.paradata["crowd"] == 1
    assert "burst" in flags(response)
    assert "lower_trust" not in flags(response)


@pytest.mark.parametrize("protection", ["adaptive", "always", "off"])
def test_check_20_a_person_without_javascript_can_still_answer(protection, monkeypatch):
    wave = make_wave(protection=protection)
    crowd_in(wave, networks.CROWDS[-1])
    visitor = Visitor(wave)
    final = visitor.hand_in()
    if protection != "off":
        assert final["Location"] == f"{visitor.home}check/"
        assert not Response.objects.submitted().exists()
        hurried = visitor.check()
        assert hurried.status_code == 422
        assert "Please wait" in hurried.content.decode()
        key = re.search(r'name="key" value="([^"]+)"', hurried.content.decode()).group(1)
        first, second = re.search(r"How much is (\d) \+ (\d)", hurried.content.decode()).groups()
        later = timezone.now() + timedelta(seconds=40)
        monkeypatch.setattr(timezone, "now", lambda: later)
        final = visitor.client.post(
            f"{visitor.home}check/", {"key": key, "sum": int(first) + int(second)}
        )

    assert final["Location"].endswith("/thanks/")
    response = only(wave)
    assert response.state == "submitted"
    assert ("lower_trust" in flags(response)) is (protection != "off")


def test_a_person_without_javascript_on_a_quiet_network_meets_no_question():
    wave = make_wave()

    assert Visitor(wave).hand_in()["Location"].endswith("/thanks/")
    assert only(wave).paradata["proof"] == "none"


def test_a_crowd_in_one_network_slows_nobody_elsewhere():
    wave = make_wave()
    crowd_in(wave, networks.CROWDS[-1])

    assert Visitor(wave, "198.51.100.4").hand_in()["Location"].endswith("/thanks/")


def test_a_wrong_sum_is_said_kindly_and_asked_anew_in_any_digits():
    wave = make_wave(protection="always")
    visitor = Visitor(wave)
    visitor.hand_in()

    wrong = visitor.check(sum="many")

    assert wrong.status_code == 422
    assert "That is not the right number" in wrong.content.decode()
    assert only(wave).answers["area"] == "KH"


# --------------------------------------------------------------------------------- proofs


def test_a_solved_challenge_lets_pass_at_once_where_every_browser_must_work():
    wave = make_wave(protection="always")
    visitor = Visitor(wave)
    visitor.begin()
    payload = solved(visitor.challenge())
    visitor.post("first", {"heard": "no"}, altcha=payload)
    final = visitor.post("third", {"area": "KH"})

    assert final["Location"].endswith("/thanks/")
    assert not flags(only(wave)) & {"lower_trust", "burst"}
    assert "sent" not in only(wave).paradata


def test_a_proof_counts_once():
    at = timezone.now()
    payload = solved(proofs.challenge(owner="sok", crowd=0, at=at))

    assert proofs.verify(payload, owner="sok", at=at) == "accepted"
    assert proofs.verify(payload, owner="sok", at=at) == "spent"


def test_a_proof_of_somebody_else_is_refused_and_not_spent():
    at = timezone.now()
    payload = solved(proofs.challenge(owner="sok", crowd=0, at=at))

    assert proofs.verify(payload, owner="dara", at=at) == "refused"
    assert proofs.verify(payload, owner="sok", at=at) == "accepted"


def test_a_replayed_proof_hands_in_no_second_questionnaire():
    wave = make_wave(protection="always")
    first = Visitor(wave)
    first.begin()
    payload = solved(first.challenge())
    first.post("first", {"heard": "no"}, altcha=payload)
    first.post("third", {"area": "KH"})

    second = Visitor(wave)
    second.begin()
    second.post("first", {"heard": "no"}, altcha=payload)
    final = second.post("third", {"area": "KH"}, altcha=payload)

    assert final["Location"].endswith("/check/")
    assert Response.objects.submitted().count() == 1


def test_a_proof_on_a_page_with_an_error_is_not_lost():
    wave = make_wave(protection="always")
    visitor = Visitor(wave)
    visitor.begin()
    payload = solved(visitor.challenge())
    refused = visitor.post("first", {"heard": "perhaps"}, altcha=payload)
    visitor.post("first", {"heard": "no"})

    assert refused.status_code == 422
    assert visitor.post("third", {"area": "KH"})["Location"].endswith("/thanks/")


def test_an_expired_challenge_leads_to_a_kind_page_that_keeps_the_answers(monkeypatch):
    wave = make_wave(protection="always")
    visitor = Visitor(wave)
    visitor.begin()
    old = datetime.now(tz=timezone.get_current_timezone()) - timedelta(hours=2)
    owner = json.loads(json.dumps(visitor.challenge()))["parameters"]["data"]["for"]
    payload = solved(proofs.challenge(owner=owner, crowd=0, at=old))
    assert proofs.verify(payload, owner=owner, at=timezone.now()) == "expired"

    visitor.post("first", {"heard": "no"}, altcha=payload)
    final = visitor.post("third", {"area": "KH"}, altcha=payload)
    page = visitor.client.get(final["Location"])

    assert page.status_code == 200
    assert "Your answers are kept" in page.content.decode()
    assert only(wave).answers == {"heard": "no", "area": "KH"}


def tampered(payload: str, change) -> str:
    proof = json.loads(base64.b64decode(payload))
    change(proof)
    return base64.b64encode(json.dumps(proof).encode()).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof["challenge"]["parameters"].update(cost=1),
        lambda proof: proof["challenge"]["parameters"].update(expiresAt=9_999_999_999),
        lambda proof: proof["challenge"]["parameters"].update(data=None),
        lambda proof: proof["challenge"]["parameters"].update(nonce="zz"),
        lambda proof: proof["challenge"].update(signature=""),
        lambda proof: proof["challenge"].update(signature=None),
        lambda proof: proof["challenge"].update(signature=["x"]),
        lambda proof: proof["solution"].update(derivedKey="00"),
        lambda proof: proof["solution"].update(derivedKey=7),
        lambda proof: proof["solution"].update(derivedKey="é"),
        lambda proof: proof.update(solution=None),
        lambda proof: proof.update(challenge=[]),
    ],
)
def test_a_proof_that_was_tampered_with_is_refused(change):
    at = timezone.now()
    payload = solved(proofs.challenge(owner="sok", crowd=0, at=at))

    assert proofs.verify(tampered(payload, change), owner="sok", at=at) == "refused"


@pytest.mark.parametrize(
    "payload",
    ["", "nonsense", "bnVsbA==", "W10=", "e30=", "é", "A" * 5000, "eyJjaGFsbGVuZ2UiOnt9fQ=="],
)
def test_what_is_no_proof_is_refused_and_breaks_nothing(payload):
    assert proofs.verify(payload, owner="sok", at=timezone.now()) == "refused"
    wave = make_wave(protection="always")
    visitor = Visitor(wave)
    assert visitor.hand_in(altcha=payload)["Location"].endswith("/check/")


def test_a_challenge_is_given_only_to_who_has_begun():
    wave = make_wave()

    assert Client().get(f"/surveys/{wave.slug}/challenge/").status_code == 403


# ------------------------------------------------------------------------------- networks


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # A visitor's own claim.
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.1, 198.51.100.1", "198.51.100.1"),  # The last hop counts.
        ("127.0.0.1", "192.0.2.1, 10.1.2.3", "192.0.2.1"),  # A trusted proxy behind another.
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("127.0.0.1", "2001:db8:1:2::5", "2001:db8:1:2::5"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_trusted_proxies_say_where_a_visitor_comes_from(remote, forwarded, address):
    trusted = env.networks("NOT_SET", "127.0.0.1, 10.0.0.0/8")
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)

    with override_settings(TRUSTED_PROXIES=trusted):
        assert networks.address_of(request) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("nonsense", "None"),
    ],
)
def test_a_network_is_the_24_or_the_48_around_an_address(address, network):
    assert str(networks.network_of(address)) == network


def test_a_mark_is_the_same_in_one_network_on_one_day_and_wave_and_short():
    here, other = make_wave(), make_wave()
    at = timezone.now()

    def mark(address: str, wave: Wave = here, day: datetime = at) -> str:
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        return networks.mark_of(request, wave, at=day)

    assert mark("203.0.113.7") == mark("203.0.113.200")
    assert len(mark("203.0.113.7")) == networks.MARK_LENGTH
    others = [
        mark("198.51.100.7"),
        mark("203.0.113.7", other),
        mark("203.0.113.7", day=at + timedelta(days=1)),
    ]
    assert [found == mark("203.0.113.7") for found in others].count(True) <= 1
    assert mark("") == ""


def test_no_address_is_kept_anywhere():
    wave = make_wave()
    Visitor(wave, "203.0.113.77").hand_in()

    stored = str(Response.objects.values().get())
    assert "203.0" not in stored


def test_marks_that_show_no_burst_are_forgotten_when_their_day_is_over():
    wave = make_wave()
    now = timezone.now()
    day = now.date() - timedelta(days=2)
    lone = make_response(wave, submitted_on=day, paradata={"network": "abc", "device": "phone"})
    today = make_response(wave, submitted_on=now.date(), paradata={"network": "abc"})
    burst = [
        make_response(wave, submitted_on=day, paradata={"network": "f00"})
        for _number in range(networks.SMALLEST_BURST)
    ]

    assert networks.forget_lone_marks(at=now) == 1
    assert networks.forget_lone_marks(at=now) == 0

    for response in (lone, today, burst[0]):
        response.refresh_from_db()
    assert lone.paradata == {"device": "phone"}
    assert today.paradata == {"network": "abc"}
    assert burst[0].paradata == {"network": "f00"}


# ---------------------------------------------------------------- pages sent again and overtaken


def test_a_page_sent_again_word_for_word_counts_its_seconds_once(monkeypatch):
    wave = make_wave()
    sok = Respondent(wave)
    sok.begin()
    key = sok.key("first")
    later = timezone.now() + timedelta(seconds=60)
    monkeypatch.setattr(timezone, "now", lambda: later)
    sok.post("first", {"heard": "no"}, key=key, turn="1")
    once = only(wave).paradata["seconds"]
    again = sok.post("first", {"heard": "no"}, key=key, turn="1")

    assert again["Location"].endswith("?page=third")
    assert only(wave).paradata["seconds"] == once
    assert once["first"] == pytest.approx(60, abs=1)


def test_a_save_that_was_overtaken_by_next_does_not_undo_it():
    wave = make_wave()
    sok = Respondent(wave)
    sok.begin()
    key = sok.key("first")
    sok.post("first", {"heard": "no"}, key=key, turn="2")
    late = sok.post("first", {"heard": "yes"}, key=key, turn="1", action="save")

    assert late.json() == {"kept": True}
    assert only(wave).answers == {"heard": "no"}


def test_an_answer_changed_on_a_page_found_by_back_counts():
    wave = make_wave()
    sok = Respondent(wave)
    sok.begin()
    key = sok.key("first")
    for heard in ("yes", "no", "yes"):
        sok.post("first", {"heard": heard, "where": ["tv"]}, key=key)

    assert only(wave).answers["heard"] == "yes"


def test_saving_while_typing_complains_about_nothing_and_counts_no_seconds():
    wave = make_wave()
    sok = Respondent(wave)
    sok.begin()
    saved = sok.post("first", {"heard": "yes"}, turn="1", action="save")

    assert saved.json() == {"kept": True}
    assert only(wave).paradata["seconds"] == {"first": 0.0}
    assert only(wave).answers == {"heard": "yes"}


def test_saving_after_everything_has_arrived_changes_nothing():
    wave = make_wave()
    sok = Respondent(wave)
    sok.begin()
    key = sok.key("first")
    held = sok.client.cookies.output().replace("Set-Cookie: ", "")
    sok.post("first", {"heard": "no"})
    sok.post("third", {"area": "KH"})
    late = Client()
    late.cookies.load(held)

    answer = late.post(
        sok.address, {"page": "first", "key": key, "action": "save", "q/heard": "yes"}
    )

    assert answer.status_code in (302, 409)
    assert only(wave).answers["heard"] == "no"


def test_the_page_for_no_connection_names_nobody_and_needs_no_start():
    wave = make_wave()
    page = Client().get(f"/surveys/{wave.slug}/offline/", {"language": "th"})

    assert page.status_code == 200
    assert 'lang="th"' in page.content.decode()
    script = Client().get(f"/surveys/{wave.slug}/worker.js")
    assert script["Content-Type"].startswith("text/javascript")


def test_pages_are_compressed_and_differ_in_length_so_that_lengths_tell_nothing():
    wave = make_wave()
    lengths = {
        len(Client().get(f"/surveys/{wave.slug}/", headers={"accept-encoding": "gzip"}).content)
        for _time in range(12)
    }

    assert len(lengths) > 3
    assert max(lengths) < 5_000
