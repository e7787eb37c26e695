/* dsboot: the base model of an integrated scenario in Promela, with a care-of address of the mobile
 * node's own or of a foreign agent's.
 *
 * One entitled mobile node that attaches to link A once, bootstraps, and may go for good at any time;
 * the network loses, repeats, reorders and delays every message; no event happens. It is written by
 * hand from the specification, apart from the Rust model, so that spin's count of its states is
 * another witness of the model's. Networks stand side by side, each knowing nothing of the others.
 *
 *   spin -a base.pml && cc -O3 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m1000000
 */
#define NETWORKS 1
#define AGENT 0

/* What has been said; it may be delivered whenever and as often as the network likes. */
#define ACCESS_REQUEST   0 /* step 1 */
#define ACCESS_ASK       1 /* step 2 */
#define ACCESS_ANSWER    2
#define ACCESS_REPLY     3 /* step 3 */
#define REQUEST          4 /* step 4, Identification 1 */
#define ASK              5 /* step 5 */
#define ANSWER           6
#define REPLY            7 /* step 6 */
#define RELEASE          8 /* the request with lifetime 0, Identification 2 */
#define RELEASED         9
#define UPDATE(n)       (10 + n) /* from the MN, in the tunnel; 1 binds, 2 releases */
#define FORWARDED(n)    (12 + n) /* to the HA */
#define UPDATE_ASK(n)   (14 + n)
#define UPDATE_YES(n)   (16 + n)
#define UPDATE_NO(n)    (18 + n)
#define ACK(n)          (20 + n) /* from the HA */
#define TUNNELLED(n)    (22 + n) /* to the MN, in the tunnel */

/* What goes through a foreign agent is said twice. */
#if AGENT
#define ADVERTISEMENT   25
#define AT_FHA(n)       (25 + n) /* requests and releases as the FA relays them */
#define FROM_FHA(n)     (27 + n) /* replies to the FA */
#define REFUSAL         30 /* the same */
#define fha_refuses()   assert(!(fa_pending & 1)); say(REFUSAL)
#else
#define AT_FHA(n)       (4 * n) /* REQUEST, RELEASE */
#define FROM_FHA(n)     (5 + 2 * n) /* REPLY, RELEASED */
#define fha_refuses()   skip
#endif

#define said(m)  ((words >> (m)) & 1)
#define say(m)   words = words | (1 << (m))
#define max(a, b) ((a) > (b) -> (a) : (b))

/* How access stands at the MN. */
#define NONE    0
#define ASKING  1
#define GRANTED 2

/* Requests go as soon as access is granted and the agent, where there is one, heard; each answers the
 * agent's last challenge. */
#if AGENT
#define UNHEARD     0
#define FRESH       1
#define ANSWERED(n) (1 + n)
#define agent_is(state) agent = state
#define ready       (access == GRANTED && agent != UNHEARD)
#else
#define agent_is(state) skip
#define ready       (access == GRANTED)
#endif
#define mn_requests() ident = 1; request = 1; agent_is(ANSWERED(1)); say(REQUEST)

/* All that the MN forgets when it is as before the bootstrap. */
#define mn_forgets() \
    here = 0; access = NONE; registered = 0; request = 0; bound = 0; update = 0; leaving = 0; \
    agent_is(UNHEARD)

/* A binding update on its way to the HA and back. */
#define TRAVELS(n) \
    :: d_step { said(UPDATE(n)) && !said(FORWARDED(n)) && fha_bound -> say(FORWARDED(n)) } \
    :: d_step { said(FORWARDED(n)) && !said(UPDATE_ASK(n)) && ha_pending == 0 -> \
           ha_pending = n; say(UPDATE_ASK(n)) } \
    :: d_step { said(UPDATE_ASK(n)) && !said(UPDATE_YES(n)) && !said(UPDATE_NO(n)) && assigned -> \
           say(UPDATE_YES(n)) } \
    :: d_step { said(UPDATE_ASK(n)) && !said(UPDATE_YES(n)) && !said(UPDATE_NO(n)) && !assigned -> \
           say(UPDATE_NO(n)) } \
    :: d_step { said(UPDATE_YES(n)) && ha_pending == n -> \
           ha_pending = 0; \
           if \
           :: n > ha_last -> ha_last = n; ha_bound = (n == 1); say(ACK(n)) \
           /* A refusal to which nobody waits for any more is the same as lost. */ \
           :: else -> assert(update != n) \
           fi } \
    :: d_step { said(UPDATE_NO(n)) && ha_pending == n -> ha_pending = 0; assert(!ha_bound) } \
    :: d_step { said(ACK(n)) && !said(TUNNELLED(n)) && fha_bound -> say(TUNNELLED(n)) }

active [NETWORKS] proctype network() {
    int words = 0;
    /* MN */
    bit here = 0; byte access = NONE; bit registered = 0; byte request = 0; byte ident = 0;
    bit bound = 0; byte update = 0; byte seq = 0; bit leaving = 0; bit gone = 0;
#if AGENT
    /* What the MN knows of the FA, and the FA: requests that wait, each a bit, and the visitor. */
    byte agent = UNHEARD; byte fa_pending = 0; byte visitor = 0;
#endif
    /* NAS */
    bit nas_knows = 0; bit nas_asking = 0;
    /* FHA */
    bit fha_pending = 0; bit fha_bound = 0; bit fha_mark = 0; byte fha_last = 0;
    /* AAAH */
    bit assigned = 0;
    /* HA */
    byte ha_pending = 0; bit ha_bound = 0; byte ha_last = 0;

end:
    do
    /* The MN attaches and asks for access. */
    :: d_step { !here && !gone -> here = 1; access = ASKING; say(ACCESS_REQUEST) }
    /* Steps 1 to 3. */
    :: d_step { said(ACCESS_REQUEST) && here && !nas_knows ->
           nas_knows = 1; nas_asking = 1; say(ACCESS_ASK) }
    :: d_step { said(ACCESS_ASK) && !said(ACCESS_ANSWER) -> say(ACCESS_ANSWER) }
    :: d_step { said(ACCESS_ANSWER) && nas_asking -> nas_asking = 0; say(ACCESS_REPLY) }
    :: d_step { said(ACCESS_REPLY) && here && access == ASKING ->
           access = GRANTED;
           if
           :: ready -> mn_requests()
           :: else -> skip
           fi }
#if AGENT
    /* Step 0, and the relay of steps 4 and 6. */
    :: d_step { here && agent == UNHEARD && !said(ADVERTISEMENT) -> say(ADVERTISEMENT) }
    :: d_step { said(ADVERTISEMENT) && here && agent == UNHEARD ->
           agent = FRESH;
           if
           :: ready -> mn_requests()
           :: else -> skip
           fi }
    :: d_step { said(REQUEST) && here && !said(AT_FHA(1)) ->
           fa_pending = fa_pending | 1; say(AT_FHA(1)) }
    :: d_step { said(FROM_FHA(1)) && (fa_pending & 1) ->
           fa_pending = fa_pending & 2; visitor = 1; say(REPLY) }
    :: d_step { said(RELEASE) && here && !said(AT_FHA(2)) ->
           fa_pending = fa_pending | 2; say(AT_FHA(2)) }
    :: d_step { said(FROM_FHA(2)) && (fa_pending & 2) ->
           fa_pending = fa_pending & 1; visitor = 0; say(RELEASED) }
#endif
    /* Steps 4 to 6. */
    :: d_step { said(AT_FHA(1)) && !said(ASK) && !fha_pending && !fha_bound ->
           fha_pending = 1; say(ASK) }
    :: d_step { said(ASK) && !said(ANSWER) -> assigned = 1; say(ANSWER) }
    :: d_step { said(ANSWER) && fha_pending ->
           fha_pending = 0;
           if
           :: fha_last < 1 -> fha_bound = 1; fha_mark = 0; fha_last = 1; say(FROM_FHA(1))
           /* A refusal to which nobody waits for any more is the same as lost on the MN's way. */
           :: else -> assert(request != 1); fha_refuses()
           fi }
    :: d_step { said(REPLY) && here && request == 1 ->
           registered = 1; request = 0; seq = 1; update = 1; agent_is(FRESH); say(UPDATE(1)) }
    /* The home binding, and its end. */
    TRAVELS(1)
    TRAVELS(2)
    :: d_step { said(TUNNELLED(1)) && here && update == 1 -> update = 0; bound = 1 }
    :: d_step { said(TUNNELLED(2)) && here && update == 2 ->
           update = 0; bound = 0; ident = 2; request = 2; agent_is(ANSWERED(2)); say(RELEASE) }
    :: d_step { said(AT_FHA(2)) && !said(FROM_FHA(2)) && (fha_bound || fha_mark) && fha_last < 2 ->
           fha_bound = 0; fha_mark = 1; fha_last = 2; say(FROM_FHA(2)) }
    :: d_step { said(RELEASED) && here && request == 2 -> mn_forgets() }
    /* The MN goes for good: by a release where it can. */
    :: d_step { !gone && registered ->
           gone = 1; leaving = 1; request = 0; seq = 2; update = 2; say(UPDATE(2)) }
    :: d_step { !gone && !registered -> gone = 1; mn_forgets() }
    /* All that is left of it runs out. */
#if AGENT
#define at_fa (fa_pending || visitor)
#define fa_lapses() fa_pending = 0; visitor = 0
#else
#define at_fa 0
#define fa_lapses() skip
#endif
    :: d_step { gone && !here && (at_fa || nas_asking || fha_pending || fha_bound || fha_mark || assigned
               || ha_pending || ha_bound || fha_last < ident || ha_last < seq) ->
           nas_asking = 0; fha_pending = 0; fha_bound = 0; fha_mark = 0; assigned = 0;
           ha_pending = 0; ha_bound = 0; fa_lapses();
           fha_last = max(fha_last, ident); ha_last = max(ha_last, seq) }
    od
}
