//! Which teammate answers a question, and what they say.

use lab::answers::Answer;

/// What is said when nobody knows.
pub(super) const NOBODY: &str = "I don't know that one, sorry. Who else could?";

/// The answer whose words fit best: one whole group of its words is in the question; of several
/// answers the one with the most words wins, then the first in the file.
pub(super) fn find<'a>(answers: &'a [Answer], question: &str) -> Option<&'a Answer> {
    let words = words(question);
    let fit = |answer: &Answer| {
        let whole = |group: &&Vec<String>| {
            !group.is_empty() && group.iter().all(|word| has(&words, &word.to_lowercase()))
        };
        answer.asked.iter().filter(whole).map(Vec::len).max()
    };
    let mut best: Option<(usize, &Answer)> = None;
    for answer in answers {
        if let Some(count) = fit(answer)
            && best.is_none_or(|(most, _)| count > most)
        {
            best = Some((count, answer));
        }
    }
    best.map(|(_, answer)| answer)
}

/// What that teammate says while `cause` is on.
pub(super) fn says<'a>(answer: &'a Answer, cause: &str) -> &'a str {
    answer.unless.get(cause).unwrap_or(&answer.says)
}

fn words(question: &str) -> Vec<String> {
    question
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// A word, or a form of it: `deploys`, `deployed` and `deployment` are about `deploy`.
fn has(words: &[String], wanted: &str) -> bool {
    words.iter().any(|word| word == wanted || (wanted.len() >= 4 && word.starts_with(wanted)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn answer(id: &str, asked: &[&[&str]]) -> Answer {
        Answer {
            id: id.to_owned(),
            who: "Ines".to_owned(),
            asked: asked
                .iter()
                .map(|group| group.iter().map(|word| (*word).to_owned()).collect())
                .collect(),
            says: "as always".to_owned(),
            unless: BTreeMap::from([("flash-sale".to_owned(), "we have a sale on".to_owned())]),
        }
    }

    fn check(question: &str, expected: Option<&str>) {
        let answers = [
            answer("deploys", &[&["deploy"], &["release"]]),
            answer("traffic", &[&["traffic"], &["flash", "sale"]]),
            answer("deploy-traffic", &[&["deploy", "traffic"]]),
        ];
        assert_eq!(find(&answers, question).map(|it| it.id.as_str()), expected, "{question}");
    }

    #[test]
    fn the_answer_with_the_most_words_in_the_question_wins() {
        check("Was anything deployed lately?", Some("deploys"));
        check("is there a FLASH sale on?", Some("traffic"));
        check("any sale?", None);
        check("did traffic change with the deploy?", Some("deploy-traffic"));
        check("", None);
    }

    #[test]
    fn another_cause_may_have_another_answer() {
        let answer = answer("traffic", &[]);
        assert_eq!(says(&answer, "leaky-release"), "as always");
        assert_eq!(says(&answer, "flash-sale"), "we have a sale on");
    }
}
