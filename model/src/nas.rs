//! The network access server of a link: steps 1 to 3.

use crate::{Admission, Config, FhaId, Guard, Link, Message, Rule, Server, Session, state::Cx};

/// The NAS of a link, as far as one mobile node goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nas {
    /// The newest session.
    pub session: Option<Session>,
    /// Whether the AAA server has been asked about it and not answered.
    pub asking: bool,
}

impl Nas {
    /// Step 1, with the MN's response.
    pub(crate) fn on_request(
        &mut self,
        cx: &mut Cx<'_>,
        (session, link, secret): (Session, Link, Server),
    ) {
        //= access.5.8
        let old = self.session.is_some_and(|newest| session <= newest);
        if old && cx.heeds(Guard::NasDropsOldSessions) {
            return;
        }
        //= access.3.1
        cx.rule(Rule::NasAsks);
        *self = Nas { session: Some(session), asking: true };
        let server = match cx.heeds(Guard::NasAsksItsServer) {
            true => cx.config.access_server(link),
            false => Server::Aaah,
        };
        cx.send(Message::AccessAsk(session, link, secret, server));
        if !cx.heeds(Guard::NasAwaitsVerdict) {
            self.reply(cx, link, Admission::Granted(Some(cx.config.fha_of(link))));
        }
    }

    /// Step 2: the server's answer.
    pub(crate) fn on_answer(
        &mut self,
        cx: &mut Cx<'_>,
        session: Session,
        link: Link,
        admission: Admission,
    ) {
        let asked = self.session == Some(session) || !cx.heeds(Guard::NasMatchesAnswer);
        if asked && (self.asking || !cx.heeds(Guard::NasTakesOneAnswer)) {
            self.reply(cx, link, admission);
        }
    }

    /// Step 3.
    fn reply(&mut self, cx: &mut Cx<'_>, link: Link, admission: Admission) {
        let Some(session) = self.session else { return };
        self.asking = false;
        let told = match admission {
            Admission::Refused if !cx.heeds(Guard::NasHeedsReject) => {
                Admission::Granted(Some(cx.config.fha_of(link)))
            }
            //= access.4.1
            //= access.4.2
            //= access.4.4
            Admission::Granted(fha) => {
                cx.rule(Rule::NasGrants);
                let pass = cx.heeds(Guard::NasPassesFha);
                Admission::Granted(if pass { fha } else { fha.map(FhaId::other) })
            }
            //= access.4.6
            //= access.4.8
            Admission::Refused => {
                cx.rule(Rule::NasRefuses);
                Admission::Refused
            }
        };
        cx.send(Message::AccessReply(session, link, told));
    }

    /// No server answers.
    //= access.4.9
    pub(crate) const fn give_up(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::NasGivesUp);
        self.asking = false;
    }

    /// Has crashed: of a session from before it takes nothing, so the newest one is as good as known.
    //= access.5.8
    pub(crate) const fn crash(&mut self, config: &Config) {
        self.asking = false;
        if !config.heeds(Guard::NasTakesNoneFromBefore) {
            self.session = None;
        }
    }

    /// All that waits or has a lifetime is over.
    //= access.5.4
    pub(crate) const fn lapse(&mut self) {
        self.asking = false;
    }
}
