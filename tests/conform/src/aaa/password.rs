//! Users that are known by their password, or by CHAP: what any RADIUS server is for.

use dsboot_codec::crypto::md5;
use dsboot_codec::radius::hide_password;
use dsboot_spec::registry::radius::{attribute, code as radius_code};

use super::peer::{Answer, Attributes, Client, access_user, by_hand, nas, same};
use crate::Stage;
use crate::case::{Cases, Ending, Outcome, ensure};
use crate::profile::User;

const ACCEPT: u8 = radius_code::ACCESS_ACCEPT;
const REJECT: u8 = radius_code::ACCESS_REJECT;

/// What may stand in a Reject (RFC 2865 §5.44, RFC 3579 §3.3, RFC 5176 §3.6).
const IN_REJECT: [u8; 6] = [
    attribute::REPLY_MESSAGE,
    attribute::VENDOR_SPECIFIC,
    attribute::PROXY_STATE,
    attribute::EAP_MESSAGE,
    attribute::MESSAGE_AUTHENTICATOR,
    attribute::ERROR_CAUSE,
];

/// A question about a user, being made up.
struct Question {
    client: Client,
    user: User,
    authenticator: [u8; 16],
    attributes: Attributes,
}

impl Question {
    /// One without credentials yet.
    fn new(stage: &mut Stage<'_>) -> Result<Question, Ending> {
        let user = access_user(stage)?;
        Question::about(stage, user)
    }

    /// The same about a user.
    fn about(stage: &mut Stage<'_>, user: User) -> Result<Question, Ending> {
        let client = nas(stage)?;
        let attributes = vec![
            (attribute::MESSAGE_AUTHENTICATOR, vec![0; 16]),
            (attribute::USER_NAME, user.nai.clone().into_bytes()),
            (attribute::NAS_IDENTIFIER, client.name.clone().into_bytes()),
        ];
        Ok(Question { client, user, authenticator: stage.random(), attributes })
    }

    fn secret(&self) -> Vec<u8> {
        self.user.access_secret.clone().unwrap_or_default().into_bytes()
    }

    /// Asks in the name of somebody else.
    fn named(&mut self, name: &[u8]) {
        if let Some(user) = self.attributes.get_mut(1) {
            user.1 = name.to_vec();
        }
    }

    /// Adds a password.
    fn password(&mut self, password: &[u8]) -> Outcome {
        let secret = self.client.secret.clone();
        self.hidden(password, self.authenticator, &secret)
    }

    /// Adds a password, hidden under whatever.
    fn hidden(&mut self, password: &[u8], authenticator: [u8; 16], secret: &[u8]) -> Outcome {
        let hidden = hide_password(password, &authenticator, secret)
            .map_err(|error| Ending::Inconclusive(format!("no User-Password: {error}")))?;
        self.attributes.push((attribute::USER_PASSWORD, hidden));
        Ok(())
    }

    /// Adds a CHAP response of a secret.
    fn chap(&mut self, identifier: u8, secret: &[u8], challenge: &[u8]) {
        let response = md5(&[&[identifier], secret, challenge]);
        self.attributes
            .push((attribute::CHAP_PASSWORD, [&[identifier], response.as_slice()].concat()));
    }

    fn challenge(&mut self, challenge: &[u8]) {
        self.attributes.push((attribute::CHAP_CHALLENGE, challenge.to_vec()));
    }

    fn octets(&self, identifier: u8) -> Vec<u8> {
        by_hand(1, identifier, self.authenticator, &self.attributes, &self.client.secret)
    }

    fn asked(&self, stage: &mut Stage<'_>) -> Result<Answer, Ending> {
        self.client.answered(stage, &self.octets(77))
    }
}

/// A question with the right password.
fn right(stage: &mut Stage<'_>) -> Result<Question, Ending> {
    let mut question = Question::new(stage)?;
    let secret = question.secret();
    question.password(&secret)?;
    Ok(question)
}

/// Users with a password.
fn users(stage: &Stage<'_>) -> Vec<User> {
    stage.profile.users.iter().filter(|user| user.access_secret.is_some()).cloned().collect()
}

pub(super) fn add(cases: &mut Cases) {
    cases.claiming(&["pap"], |cases| {
        accepted(cases);
        rejected(cases);
        answers(cases);
    });
    cases.claiming(&["chap"], chap);
}

fn accepted(cases: &mut Cases) {
    cases.add(
        "pap.accept",
        "a right password is accepted",
        "wire.4.12, RFC 2865 §5.2, RFC 2865 §4.2",
        |stage| right(stage)?.asked(stage)?.is(&[ACCEPT]),
    );
    cases.add(
        "pap.accept",
        "an Accept has a right Response Authenticator",
        "wire.4.5, RFC 2865 §3",
        |stage| {
            let question = right(stage)?;
            let answer = question.asked(stage)?;
            answer.is(&[ACCEPT])?;
            answer.responds(&question.client.secret)
        },
    );
    cases
        .add(
            "pap.accept",
            "a request that comes again is accepted by the same octets",
            "access.6.9, RFC 5080 §2.2.2",
            |stage| {
                let question = right(stage)?;
                let first = question.asked(stage)?;
                first.is(&[ACCEPT])?;
                same(&first, &question.asked(stage)?)
            },
        )
        .claims("duplicates");
    cases.add(
        "pap.accept",
        "an Accept does not carry the password",
        "wire.4.12, RFC 2865 §5.44",
        |stage| {
            let answer = right(stage)?.asked(stage)?;
            answer.is(&[ACCEPT])?;
            let is_there = [attribute::USER_PASSWORD, attribute::CHAP_PASSWORD]
                .into_iter()
                .any(|kind| answer.packet().is_ok_and(|p| p.attributes_of(kind).next().is_some()));
            ensure(!is_there, "neither attribute 2 nor 3", || "one of these".to_owned())
        },
    );
    cases.add(
        "pap.accept",
        "every user is accepted by the password",
        "wire.4.12, RFC 2865 §5.2",
        |stage| {
            for user in users(stage) {
                let mut question = Question::about(stage, user)?;
                let secret = question.secret();
                question.password(&secret)?;
                question.asked(stage)?.is(&[ACCEPT])?;
            }
            Ok(())
        },
    );
}

type Make = fn(&mut Question) -> Outcome;

fn rejected(cases: &mut Cases) {
    let rows: [(&str, Make); 10] = [
        ("a wrong password", |q| q.password(b"a wrong password")),
        ("an empty password", |q| q.password(b"")),
        ("the password with a letter more", |q| q.password(&[&q.secret()[..], b"x"].concat())),
        ("the password without its last letter", |q| {
            let mut secret = q.secret();
            secret.pop();
            q.password(&secret)
        }),
        ("the password with a wrong last letter", |q| {
            let mut secret = q.secret();
            if let Some(last) = secret.last_mut() {
                *last ^= 1;
            }
            q.password(&secret)
        }),
        ("the password, a zero octet and more", |q| {
            q.password(&[&q.secret()[..], b"\0more"].concat())
        }),
        ("a password of 128 octets", |q| q.password(&[b'p'; 128])),
        ("the password, hidden under another secret", |q| {
            q.hidden(&q.secret(), q.authenticator, b"another secret")
        }),
        ("the password, hidden under another Request Authenticator", |q| {
            let secret = q.client.secret.clone();
            q.hidden(&q.secret(), [7; 16], &secret)
        }),
        ("the password in clear", |q| {
            let mut clear = q.secret();
            clear.resize(clear.len().next_multiple_of(16).max(16), 0);
            q.attributes.push((attribute::USER_PASSWORD, clear));
            Ok(())
        }),
    ];
    for (what, make) in rows {
        cases.add(
            "pap.reject",
            format!("{what} is rejected"),
            "wire.4.12, RFC 2865 §4.3, RFC 2865 §5.2",
            move |stage| {
                let mut question = Question::new(stage)?;
                make(&mut question)?;
                question.asked(stage)?.is(&[REJECT])?;
                right(stage)?.asked(stage)?.is(&[ACCEPT])
            },
        );
    }
    cases.add("pap.reject", "an unknown user is rejected", "wire.4.12, RFC 2865 §4.3", |stage| {
        let mut question = right(stage)?;
        question.named(b"nobody@conform.example");
        question.asked(stage)?.is(&[REJECT])
    });
    cases.add(
        "pap.reject",
        "the password of another user is rejected",
        "wire.4.12, RFC 2865 §4.3",
        |stage| {
            let mut question = Question::new(stage)?;
            let own = (question.user.nai.clone(), question.user.access_secret.clone());
            let others = stage.profile.users.iter().filter_map(|user| {
                let secret = user.access_secret.clone()?;
                (user.nai != own.0 && Some(&secret) != own.1.as_ref()).then_some(secret)
            });
            let Some(secret) = others.into_iter().next() else {
                return Err(Ending::Skip("the profile has no other user".to_owned()));
            };
            question.password(secret.as_bytes())?;
            question.asked(stage)?.is(&[REJECT])
        },
    );
    cases.add(
        "pap.reject",
        "the password in letters of the other case is rejected",
        "wire.4.12, RFC 2865 §4.3",
        |stage| {
            let mut question = Question::new(stage)?;
            let is_lower = |c: &u8| c.is_ascii_lowercase();
            let secret = question.secret();
            let other = match secret.iter().any(is_lower) {
                true => secret.to_ascii_uppercase(),
                false => secret.to_ascii_lowercase(),
            };
            if other == secret {
                return Err(Ending::Skip("the password has no letters".to_owned()));
            }
            question.password(&other)?;
            question.asked(stage)?.is(&[REJECT])
        },
    );
    cases.add(
        "pap.reject",
        "the first 16 octets of a longer password are rejected, and others behind them",
        "wire.4.12, RFC 2865 §5.2",
        |stage| {
            let is_long =
                |user: &User| user.access_secret.as_ref().is_some_and(|own| own.len() > 16);
            let Some(user) = users(stage).into_iter().find(is_long) else {
                return Err(Ending::Skip("no user has a password of more than 16".to_owned()));
            };
            for more in [&b""[..], b"something else"] {
                let mut question = Question::about(stage, user.clone())?;
                let secret = question.secret();
                let block = secret.get(..16).unwrap_or_default();
                question.password(&[block, more].concat())?;
                question.asked(stage)?.is(&[REJECT])?;
            }
            Ok(())
        },
    );
    cases.add(
        "pap.reject",
        "a Reject has a right Response Authenticator",
        "wire.4.5, RFC 2865 §3",
        |stage| {
            let mut question = Question::new(stage)?;
            question.password(b"a wrong password")?;
            let answer = question.asked(stage)?;
            answer.is(&[REJECT])?;
            answer.responds(&question.client.secret)
        },
    );
    cases.add(
        "pap.reject",
        "a Reject carries nothing that is granted",
        "wire.4.12, RFC 2865 §4.3, RFC 2865 §5.44",
        |stage| {
            let mut question = Question::new(stage)?;
            question.password(b"a wrong password")?;
            let answer = question.asked(stage)?;
            answer.is(&[REJECT])?;
            let packet = answer.packet()?;
            let kinds = packet.attributes().map(|one| one.value.kind());
            let more: Vec<u8> = kinds.filter(|kind| !IN_REJECT.contains(kind)).collect();
            ensure(more.is_empty(), "Reply-Message and Proxy-State at the most", || {
                format!("attributes {more:?}")
            })
        },
    );
}

/// What every answer has.
fn answers(cases: &mut Cases) {
    for identifier in [0_u8, 128, 255] {
        cases.add(
            "pap.identifier",
            format!("the answer to Identifier {identifier} has the same Identifier"),
            "wire.4.11, RFC 2865 §3",
            move |stage| {
                let question = right(stage)?;
                let answer = question.client.answered(stage, &question.octets(identifier))?;
                let told = answer.packet()?.identifier();
                ensure(told == identifier, identifier.to_string(), || told.to_string())
            },
        );
    }
    for (is_right, what) in [(true, "an Accept"), (false, "a Reject")] {
        cases.add(
            "pap.proxy",
            format!("{what} gives Proxy-States back, unchanged and in their order"),
            "wire.4.18, access.6.11, RFC 2865 §5.33",
            move |stage| {
                let mut question = Question::new(stage)?;
                let secret = if is_right { question.secret() } else { b"a wrong one".to_vec() };
                question.password(&secret)?;
                let states: Vec<Vec<u8>> = vec![b"one".to_vec(), vec![0; 200], b"three".to_vec()];
                let kind = attribute::PROXY_STATE;
                question.attributes.extend(states.iter().map(|state| (kind, state.clone())));
                let answer = question.asked(stage)?;
                answer.is(&[if is_right { ACCEPT } else { REJECT }])?;
                let told: Vec<Vec<u8>> =
                    answer.packet()?.proxy_states().map(<[u8]>::to_vec).collect();
                ensure(told == states, "three as sent", || format!("{told:?}"))
            },
        );
    }
}

fn chap(cases: &mut Cases) {
    let clauses = "wire.4.19, RFC 2865 §5.3, RFC 2865 §5.40";
    cases.add("chap.accept", "a right response to CHAP-Challenge is accepted", clauses, |stage| {
        let mut question = Question::new(stage)?;
        let (secret, challenge): (_, [u8; 16]) = (question.secret(), stage.random());
        question.chap(5, &secret, &challenge);
        question.challenge(&challenge);
        question.asked(stage)?.is(&[ACCEPT])
    });
    cases.add(
        "chap.accept",
        "a right response to a CHAP-Challenge of 40 octets is accepted",
        clauses,
        |stage| {
            let mut question = Question::new(stage)?;
            let (secret, challenge): (_, [u8; 40]) = (question.secret(), stage.random());
            question.chap(0, &secret, &challenge);
            question.challenge(&challenge);
            question.asked(stage)?.is(&[ACCEPT])
        },
    );
    cases.add(
        "chap.accept",
        "a right response to the Request Authenticator is accepted, where there is no CHAP-Challenge",
        clauses,
        |stage| {
            let mut question = Question::new(stage)?;
            let (secret, challenge) = (question.secret(), question.authenticator);
            question.chap(255, &secret, &challenge);
            question.asked(stage)?.is(&[ACCEPT])
        },
    );
    let rows: [(&str, Make); 5] = [
        ("a response of a wrong secret", |q| {
            q.chap(5, b"a wrong secret", &[7; 16]);
            q.challenge(&[7; 16]);
            Ok(())
        }),
        ("a response to another challenge", |q| {
            q.chap(5, &q.secret(), &[7; 16]);
            q.challenge(&[8; 16]);
            Ok(())
        }),
        ("a response to the Request Authenticator beside a CHAP-Challenge", |q| {
            q.chap(5, &q.secret(), &q.authenticator.clone());
            q.challenge(&[8; 16]);
            Ok(())
        }),
        ("a response with another identifier", |q| {
            q.chap(5, &q.secret(), &[7; 16]);
            q.challenge(&[7; 16]);
            let response = q.attributes.iter_mut().find(|(kind, _)| *kind == 3);
            if let Some(first) = response.and_then(|(_, value)| value.first_mut()) {
                *first = 6;
            }
            Ok(())
        }),
        ("a response of zeros", |q| {
            q.attributes.push((attribute::CHAP_PASSWORD, vec![0; 17]));
            q.challenge(&[7; 16]);
            Ok(())
        }),
    ];
    for (what, make) in rows {
        cases.add("chap.reject", format!("{what} is rejected"), clauses, move |stage| {
            let mut question = Question::new(stage)?;
            make(&mut question)?;
            question.asked(stage)?.is(&[REJECT])
        });
    }
}

/// Whether a server without EAP answers at all.
pub(super) fn probe(stage: &mut Stage<'_>) -> bool {
    let asked = right(stage)
        .and_then(|question| question.client.ask(stage, &question.octets(1), stage.patience()));
    asked.is_ok_and(|answer| answer.is_some())
}
