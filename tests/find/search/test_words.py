"""Words match whatever their ending, accents, capitals and small typing errors, in English and French."""

import pytest

from tests.find.search.conftest import AddStudy, Find, numbers


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("embryos", "Transfer of one embryo"),
        ("embryo", "Quality of embryos"),
        ("transferring", "A transfer after freezing"),
        ("BLASTOCYST", "Blastocysts on day five"),
        ("cesarienne", "Suites de césarienne"),
        ("Bébés", "Sommeil des bebes"),
        ("thyroïde", "Thyroid and sleep"),
    ],
)
def test_a_word_finds_its_other_forms(add_study: AddStudy, find: Find, typed: str, written: str) -> None:
    wanted = add_study(written)
    add_study("Knee pain in runners")

    result = find(typed)

    assert numbers(result) == [wanted.number]
    assert result.correction is None


def test_french_endings_meet_in_a_french_record(add_study: AddStudy, find: Find) -> None:
    wanted = add_study(
        "Étude des nausées chez les patientes hospitalisées",
        summary="Les patientes sont suivies dans le service pour des nausées importantes.",
    )
    add_study("Knee pain in runners")

    assert numbers(find("hospitalisé")) == [wanted.number]


def test_the_title_in_plain_french_of_a_study_folder_is_searched(
    add_study: AddStudy, find: Find, settings: object, tmp_path: object
) -> None:
    wanted = add_study("Cohort of unexplained losses")
    add_study("Knee pain in runners")
    folder = settings.STUDIES / "one"  # type: ignore[attr-defined]
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(
        f'id = "one"\nnumber = "{wanted.number}"\n[title]\nen = "Why?"\n'
        'fr = "Pourquoi certaines histoires sont interrompues"\n'
    )

    assert numbers(find("interrompu")) == [wanted.number]


def test_a_title_changed_in_a_study_folder_is_found_after_the_next_update(
    add_study: AddStudy, find: Find, settings: object
) -> None:
    wanted = add_study("Cohort of unexplained losses")
    for place in range(9):
        add_study(f"Knee pain {place}")
    assert numbers(find("coquelicot")) == []

    folder = settings.STUDIES / "one"  # type: ignore[attr-defined]
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(
        f'id = "one"\nnumber = "{wanted.number}"\n[title]\nfr = "Étude coquelicot"\n'
    )

    assert numbers(find("coquelicot")) == [wanted.number]


def test_an_accent_typed_as_a_sign_of_its_own_is_joined_to_its_letter(
    add_study: AddStudy, find: Find
) -> None:
    wanted = add_study("Suites de césarienne")

    assert numbers(find("ce\u0301sarienne")) == [wanted.number]


@pytest.mark.parametrize(
    ("typed", "searched", "title"),
    [
        ("miscariage", "miscarriage", "Care after miscarriage"),
        ("miscarraige", "miscarriage", "Care after miscarriage"),
        ("fause couche", "fausse couche", "Care after miscarriage"),
        ("implentation", "implantation", "Implantation after transfer"),
        ("endometriosi", "endometriosis", "Pain in endometriosis"),
        ("recurrent miscariage", "recurrent miscarriage", "Recurrent miscarriage and thyroid"),
        ("Progestrone", "progesterone", "Vaginal progesterone"),
    ],
)
def test_a_misspelt_word_finds_what_was_meant_and_says_so(
    add_study: AddStudy, find: Find, typed: str, searched: str, title: str
) -> None:
    wanted = add_study(title)
    add_study("Knee pain in runners")

    result = find(typed)

    assert numbers(result) == [wanted.number]
    assert result.correction is not None
    assert (result.correction.typed, result.correction.searched) == (typed, searched)


def test_a_search_as_typed_is_not_corrected(add_study: AddStudy, find: Find) -> None:
    add_study("Care after miscarriage")

    result = find("miscariage", as_typed=True)

    assert result.total == 0
    assert result.correction is None


@pytest.mark.parametrize("typed", ["knn", "knne2", "xyzzyx"])
def test_a_short_word_a_code_or_one_near_to_nothing_is_left_alone(
    add_study: AddStudy, find: Find, typed: str
) -> None:
    add_study("Knees and fever")

    assert find(typed).correction is None


def test_four_letters_may_hold_one_error_and_eight_two(add_study: AddStudy, find: Find) -> None:
    add_study("Metrorrhagia and fever")

    assert find("fevre").correction is not None
    assert find("fvree").correction is None
    assert find("metrorhagai").correction is not None
    assert find("metrorhagaix").correction is None


def test_a_word_the_index_knows_is_never_corrected(add_study: AddStudy, find: Find) -> None:
    add_study("Miscarriage")
    wanted = add_study("Carriage of streptococcus")

    result = find("carriage")

    assert result.correction is None
    assert numbers(result) == [wanted.number]


def test_a_word_of_another_field_of_the_record_counts_as_known(add_study: AddStudy, find: Find) -> None:
    add_study("A study", summary="Women with fibrosys, as the sponsor writes it.")
    add_study("Lung fibrosis")

    assert find("fibrosys").correction is None


@pytest.fixture
def misspelt_registry(add_study: AddStudy) -> set[str]:
    """Sixty studies of recurrent miscarriage and of genetics, and those in which a rare word stands."""
    for place in range(60):
        add_study(f"Recurrent miscarriage, genetic program of tissue {place}")
    rare = [
        "Miscarrige of justice",
        "Bloody stools",
        "Tissues",
        "Teachers, as it recurs",
        "Retinyl palmitate",
    ]
    rare += ["Prograf after kidneys", "Prograf after livers", "Generic drugs", "Generic names"]
    return {add_study(title).number for title in rare}


def test_a_misspelling_that_some_study_carries_too_is_corrected(
    misspelt_registry: set[str], find: Find
) -> None:
    searched = {
        "miscarrige": "miscarriage",
        "recurent miscarrige": "recurrent miscarriage",
        "recurent": "recurrent",
    }

    for typed, meant in searched.items():
        result = find(typed)

        assert result.correction is not None
        assert result.correction.searched == meant
        assert result.total >= 60
        assert find(typed, as_typed=True).correction is None


def test_a_rare_word_of_its_own_is_left_alone(misspelt_registry: set[str], find: Find) -> None:
    for typed in ("prograf", "bloody", "generic", "retinyl", "tissues", "recurs"):
        result = find(typed)

        assert result.correction is None
        assert set(numbers(result)) & misspelt_registry


@pytest.mark.parametrize("typed", ["cancer du sein", "mon utérus", "keep miscarrying", "perdu mon bébé"])
def test_a_word_of_the_table_is_never_corrected(add_study: AddStudy, find: Find, typed: str) -> None:
    add_study("Stein uterine deep miscarriage, bed")

    assert find(typed).correction is None


def test_two_telling_words_are_asked_for_together(add_study: AddStudy, find: Find) -> None:
    both = [add_study(f"Acupuncture for migraine {place}") for place in range(10)]
    add_study("Acupuncture for knees")
    add_study("Migraine in teachers")

    result = find("migraine acupuncture")

    assert result.total == 10
    assert set(numbers(result)) == {study.number for study in both}


def test_where_few_studies_carry_both_words_those_with_one_follow(add_study: AddStudy, find: Find) -> None:
    add_study("Acupuncture for knees")
    both = add_study("Acupuncture for migraine")
    add_study("Migraine in teachers")

    result = find("migraine acupuncture")

    assert result.total == 3
    assert numbers(result)[0] == both.number


def test_a_phrase_in_quotation_marks_is_a_phrase(add_study: AddStudy, find: Find) -> None:
    add_study("Loss of weight")
    add_study("Weight and hearing loss")
    wanted = add_study("Weight loss by walking")

    for typed in ('"weight loss"', "“weight loss”", "« weight loss »"):
        assert numbers(find(typed)) == [wanted.number]


def test_a_phrase_does_not_run_from_one_text_into_the_next(add_study: AddStudy, find: Find) -> None:
    add_study("Care and weight", conditions=["Loss of hearing"])

    assert find('"weight loss"').total == 0


def test_a_phrase_may_be_joined_by_other_words(add_study: AddStudy, find: Find) -> None:
    add_study("Weight loss by walking")
    wanted = add_study("Weight loss by swimming")

    assert numbers(find('"weight loss" swimming'))[0] == wanted.number


def test_what_names_a_study_outweighs_what_describes_it(add_study: AddStudy, find: Find) -> None:
    mentioned = add_study("A study of sleep", summary="Women with migraine are left out.")
    named = add_study("Migraine and sleep", summary="Women are asked.")

    assert numbers(find("migraine")) == [named.number, mentioned.number]


@pytest.mark.parametrize(
    "typed",
    [
        "title:(a OR b) AND -c",
        '"',
        '"""',
        "*",
        "a* ?b ~2 ^3 [a TO z]",
        "../../etc/passwd",
        "'; DROP TABLE find_study; --",
        "\x00\x01",
        "((((((((((",
        "\ud83d\ude00",
        "« » “”",
        "+" * 200,
        "ａｂｃ ﬁn ß Œ",
        "NCT",
        "migraine\ud800",
    ],
)
def test_whatever_is_typed_is_only_words(add_study: AddStudy, find: Find, typed: str) -> None:
    add_study("Migraine in teachers")

    result = find(typed)

    assert result.total in (0, 1)


def test_a_question_made_of_common_words_alone_finds_nothing_and_says_so(
    add_study: AddStudy, find: Find
) -> None:
    add_study("The who and why study")

    result = find("who and why")

    assert result.total == 0
    assert [removal.criterion for removal in result.removals] == ["words"]


def test_a_stop_word_in_a_phrase_keeps_its_place(add_study: AddStudy, find: Find) -> None:
    wanted = add_study("Failure of the graft")
    add_study("Graft failure")
    add_study("Failure graft")

    assert numbers(find('"failure of the graft"')) == [wanted.number]
    assert find('"of the"').total == 0


def test_a_question_typed_in_capitals_is_read_like_another(add_study: AddStudy, find: Find) -> None:
    add_study("A trial of AND")
    wanted = add_study("Migraine and sleep")

    assert numbers(find("MIGRAINE AND SLEEP")) == [wanted.number]
