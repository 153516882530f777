/*
 * The fence of one conversation: who answers, turns, replies, claims, sends. The names are those of docs/state-machine.md and of the functions in
 * services/conversation-state/src/domain and services/dispatcher/src; each `atomic` below is one transaction there, and between two of them anything else
 * may happen: a process may be slow without bound, freeze, or die and have its signal delivered to another instance.
 *
 * Left out: other conversations, opt-out, windows, debounce, texts, time. A timer is an operator that may act at any moment.
 *
 * `-D NO_<guard>` takes one guard out (see mutants.ts); `-D ECHO`, `-D ASYNC`, `-D HANDOFF` bring in more of the world.
 */
#ifndef MESSAGES
#define MESSAGES 2             /* inbound messages, the first one delivered up to twice */
#endif
#define NOBODY 9
#ifndef OPERATORS
#define OPERATORS 2
#endif
#ifndef FAULTS
#define FAULTS 2               /* how much may go wrong in one run: faults, signals that come again although their holder lives (frozen), */
#endif                         /* providers that give no answer or surely did not take a message */

mtype:ai_mode = { ai, human, closed };
mtype:outcome = { none, pending, in_flight, replied, suppressed, joined };
mtype:status = { unborn, queued, sending, sent, cancelled, unknown };
mtype:signal = { quiet, ready, taken };
mtype:answer = { turn, settled, held, busy, claimed, in_doubt, waits, ok, no_answer, surely_not_sent };

/* ---- what Postgres holds ---- */
mtype:ai_mode mode = ai;
byte epoch = 1;
mtype:outcome dispatch[MESSAGES] = none;
byte turnEpoch[MESSAGES];
bool deferred[MESSAGES];
byte runningTurn = NOBODY;     /* turn_dispatch_id */
byte pendingTurn = NOBODY;     /* pending_dispatch_id */
mtype:status reply[MESSAGES] = unborn;
byte replyEpoch[MESSAGES];
bool parting[MESSAGES];
byte claimNo[MESSAGES];
#ifdef NO_FRESH_CLAIMANT
byte claimant[MESSAGES];
#endif

/* ---- signals in JetStream ---- */
mtype:signal turnSignal[MESSAGES] = quiet;
bool turnAgain[MESSAGES];      /* delivered before */
mtype:signal sendSignal[MESSAGES] = quiet;
bool sendAgain[MESSAGES];

/* ---- the world ---- */
bool idempotent;               /* the provider keeps one message per key */
byte delivered[MESSAGES];      /* what reached the customer */
byte faults = FAULTS;

/* ---- what people were told ---- */
bool acked;                    /* a takeover that still stands was acknowledged */
bool listed[MESSAGES];         /* and every such answer named this reply as in flight */
bool outside;                  /* a person answered outside Baton, and nobody has given the conversation back since */

byte era = 1;                  /* counts the mode changes for the judge, whatever the code does with its epoch */
byte turnEra[MESSAGES];
byte replyEra[MESSAGES];

/* ---- violations ---- */
bool late;                     /* a reply reached the customer after the acknowledgement, and an answer had not named it */
bool lateClaim;                /* a claim was granted after the acknowledgement */
bool lateTurn;                 /* a turn began after the acknowledgement */
bool staleClaim;               /* a claim under an epoch that is not the current one */
bool staleReply;               /* a reply accepted that was asked for under another epoch */
bool revivedTurn;              /* a turn of an older epoch ran on in a newer one */
bool twoTurns;                 /* a turn began while another one ran under the same epoch */
bool twoReplies;               /* a dispatch was answered twice */
bool overOutside;              /* the AI went on after a person had answered outside Baton */
bool wrongEpoch;               /* a change took effect that was asked for another epoch */
bool leftClosed;               /* a closed conversation was opened again */
bool ownTakeover;              /* our own words, shown to us by the provider, were taken for a person's */
bool idleQueue;                /* after a takeover a reply of the AI was left in the queue */

#define isStale(d) (replyEpoch[d] != epoch || (mode != ai && !parting[d]))

#ifdef NO_CLAIM_EPOCH
#define claimRefused(d) (mode != ai && !parting[d])
#elif defined(NO_CLAIM_FENCE)
#define claimRefused(d) (false)
#else
#define claimRefused(d) isStale(d)
#endif

#ifdef NO_REQUEUE_FENCE
#define requeueRefused(d) (false)
#else
#define requeueRefused(d) isStale(d)
#endif

#ifdef NO_COMMIT_FENCE
#define replyRefused(e) (false)
#elif defined(NO_COMMIT_EPOCH)
#define replyRefused(e) (mode != ai)
#else
#define replyRefused(e) (mode != ai || epoch != e)
#endif

#if MESSAGES > 1
#define nothingBefore(d) (reply[1 - d] != queued && reply[1 - d] != sending)
#else
#define nothingBefore(d) (true)
#endif

/* claimFor: from the commit of this on, the provider may have the message. */
inline claimFor(d, me) {
  reply[d] = sending; claimNo[d]++;
#ifdef NO_FRESH_CLAIMANT
  claimant[d] = me;
#endif
 
  staleClaim = staleClaim || replyEra[d] != era || (mode != ai && !parting[d]);
  lateClaim = lateClaim || acked;
  overOutside = overOutside || (outside && !parting[d])
}

inline suppressDispatch(d) {
  dispatch[d] = suppressed;
  if :: runningTurn == d -> runningTurn = NOBODY :: else fi;
  if :: pendingTurn == d -> pendingTurn = NOBODY :: else fi
}

inline cancelQueued() {
#ifndef NO_CANCEL
  k = 0;
  do
  :: k < MESSAGES ->
       if :: reply[k] == queued -> reply[k] = cancelled :: else fi;
#ifndef NO_PARTING_ENDED
       parting[k] = false;
#endif
       k++
  :: else -> break
  od;
#endif
  k = 0
}

/* changeMode by a person (or the timer, which is one): `by ai` is the hand-off inside commitReply. */
inline changeMode(to) {
#ifndef NO_LEFTOVERS
  if :: to != ai -> cancelQueued() :: else fi;
#endif
  if
  :: mode == to -> skip
  :: else ->
#ifdef NO_LEFTOVERS
       if :: to != ai -> cancelQueued() :: else fi;
#endif
       mode = to; era++;
#ifndef NO_EPOCH
       epoch++;
#endif
       runningTurn = NOBODY;
#ifndef NO_SUPPRESS
       if :: to != ai && pendingTurn != NOBODY -> suppressDispatch(pendingTurn) :: else fi
#endif
  fi;
  if
  :: to != ai ->
       k = 0;
       do
       :: k < MESSAGES -> idleQueue = idleQueue || (reply[k] == queued); k++
       :: else -> break
       od; k = 0
  :: else -> acked = false; outside = false;
       k = 0;
       do :: k < MESSAGES -> listed[k] = false; k++ :: else -> break od; k = 0
  fi
}

/* The in_flight list of an answer: what a provider may have, as far as anybody can tell. */
#ifdef NO_UNKNOWN_LISTED
#define mayArrive(d) (reply[d] == sending)
#else
#define mayArrive(d) (reply[d] == sending || reply[d] == unknown)
#endif

inline lookInFlight() {
  k = 0;
  do :: k < MESSAGES -> mine[k] = mayArrive(k); k++ :: else -> break od; k = 0
}

/* The answer reaches the operator. Only what it says of the mode that still stands counts. */
inline acknowledge(e) {
  atomic {
    if
    :: mode != ai && epoch == e ->
         k = 0;
         do
         :: k < MESSAGES -> listed[k] = mine[k] && (!acked || listed[k]); k++
         :: else -> break
         od; k = 0;
         acked = true
    :: else
    fi
  }
}

proctype Operator() {
  byte k = 0; byte seen; bool mine[MESSAGES];
  /* takes over (or takes what is taken already) */
  seen = epoch;
  if
#ifdef NO_LIST_UNDER_LOCK
  :: atomic { mode != closed -> lookInFlight() };
     atomic { if :: mode != closed -> changeMode(human) :: else fi; seen = epoch };
#else
  :: atomic { mode != closed -> changeMode(human); seen = epoch; lookInFlight() };
#endif
     acknowledge(seen);
     /* drain: looks again until nothing is in flight; any number of looks is one look at the right moment */
     if :: atomic { mode == human && epoch == seen -> lookInFlight() }; acknowledge(seen) :: skip fi
  :: skip
  fi;
  /* and may give back (If-Match: the epoch it has seen) or close */
  if
#ifdef NO_IF_MATCH
  :: atomic { mode == human -> wrongEpoch = wrongEpoch || (epoch != seen); changeMode(ai) }
#else
  :: atomic { mode == human && epoch == seen -> wrongEpoch = wrongEpoch || (epoch != seen); changeMode(ai) }
#endif
  :: atomic { mode != closed -> changeMode(closed); seen = epoch; lookInFlight() }; acknowledge(seen)
  :: skip
  fi;
  /* asks for what a closed conversation refuses */
#ifdef NO_CLOSED
  if :: atomic { mode == closed -> leftClosed = true; changeMode(ai) } :: skip fi
#endif
}

#ifdef ECHO
/* A person answers from the phone app: receiveMessage → appendEcho. */
proctype Echo() {
  byte k = 0;
  atomic {
    if
    :: mode != closed ->
#ifndef NO_ECHO_TAKEOVER
         changeMode(human);
#endif
         outside = true
    :: else
    fi
  }
}

/*
 * The provider shows us what we sent ourselves, before it answers the send or after: whoseEcho. Before the answer nobody can say whose words they are, so they
 * are held (settleEchoes looks again); what is known by its id, or of unknown fate, is ours.
 */
proctype OwnEcho() {
  atomic {
#ifdef NO_ECHO_HELD
    delivered[0] > 0 ->
#else
    delivered[0] > 0 && reply[0] != sending ->
#endif
    if
    :: reply[0] == sent -> skip
#ifndef NO_ECHO_OF_UNKNOWN
    :: reply[0] == unknown -> reply[0] = sent
#endif
    :: else -> ownTakeover = true
    fi
  }
}
#endif

/* receiveMessage: one transaction; a repeat finds the provider's id. */
inline receiveMessage(i) {
  atomic {
    if
#ifndef NO_DEDUP
    :: dispatch[i] != none -> skip
    :: dispatch[i] == none ->
#else
    :: true ->
#endif
       if
       :: mode != ai -> dispatch[i] = suppressed
       :: mode == ai && pendingTurn != NOBODY && pendingTurn != i -> dispatch[i] = joined
       :: else -> dispatch[i] = pending; pendingTurn = i; turnSignal[i] = ready; turnAgain[i] = false
       fi
    fi
  }
}

proctype Customer() {
  receiveMessage(0);
  if :: receiveMessage(0) :: skip fi
#if MESSAGES > 1
  ; receiveMessage(1)
#endif
}

/* The provider is called; what it says. */
inline callProvider(d) {
  atomic {
    if
    :: faults > 0 -> faults--; result = surely_not_sent
    :: !idempotent || delivered[d] == 0 ->
         delivered[d]++;
         late = late || (acked && !listed[d]);
         if :: result = ok :: faults > 0 -> faults--; result = no_answer fi
    :: idempotent && delivered[d] > 0 -> result = ok
    fi
  }
}

/* recordSend. A result of an older claim changes nothing. */
inline recordSend(d, c) {
  atomic {
    if
#ifdef NO_CLAIM_NUMBER
    :: reply[d] != sending && !(reply[d] == unknown && result == ok) -> skip
#else
    :: (reply[d] != sending && !(reply[d] == unknown && result == ok)) || claimNo[d] != c -> skip
#endif
    :: else ->
       if
       :: result == ok -> reply[d] = sent
       :: result == no_answer -> reply[d] = unknown
       :: result == surely_not_sent ->
            if
            :: requeueRefused(d) -> reply[d] = cancelled
            :: else -> reply[d] = queued; sendSignal[d] = ready; sendAgain[d] = false
            fi
       :: else
       fi
    fi
  }
}

/*
 * claimSend, then the provider, then recordSend: sendMessage in the dispatcher. What somebody else claimed and never reported is in doubt: where the
 * provider keeps one message per key, a second signal may take the claim over and send again; elsewhere it is unknown, for good.
 */
#ifdef NO_FRESH_CLAIMANT
#define heldBy(d, me) (claimant[d] == me)
#else
#define heldBy(d, me) (false)      /* every attempt asks under a name of its own; only a repeat of the same question finds itself */
#endif
#ifdef NO_DOUBT_WAIT
#define holderGone(redelivered) (true)
#else
#define holderGone(redelivered) (redelivered)
#endif
#ifdef NO_DOUBT_STALE
#define mayRepeat(d) (idempotent)
#elif defined(NO_DOUBT_IDEMPOTENT)
#define mayRepeat(d) (!isStale(d))
#else
#define mayRepeat(d) (idempotent && !isStale(d))
#endif

inline sendMessage(d, redelivered, me) {
  atomic {
    repeated = false;
    if
    :: reply[d] == sending && heldBy(d, me) -> result = claimed
    :: reply[d] == sending && !heldBy(d, me) && !holderGone(redelivered) -> again = true; result = waits
    :: reply[d] == sending && !heldBy(d, me) && holderGone(redelivered) && mayRepeat(d) ->
#ifdef NO_RECLAIM
         staleClaim = staleClaim || replyEra[d] != era;
#else
         claimFor(d, me);
#endif
         repeated = true; result = claimed
    :: reply[d] == sending && !heldBy(d, me) && holderGone(redelivered) && !mayRepeat(d) -> result = in_doubt
    :: reply[d] == queued && claimRefused(d) -> reply[d] = cancelled; result = settled
    :: reply[d] == queued && !claimRefused(d) -> claimFor(d, me); result = claimed
    :: else -> result = settled
    fi;
    c = claimNo[d]
  };
  if
  :: result == claimed -> deliver(d)
  :: result == in_doubt -> result = no_answer; recordSend(d, c)
  :: else
  fi
}

/* What was sent before, perhaps, stays claimed when this time it was surely not sent: that says nothing of the time before. */
inline deliver(d) {
  if :: atomic { faults > 0 -> faults-- }; goto dead :: skip fi;
  callProvider(d);
  if :: atomic { faults > 0 -> faults-- }; goto dead :: skip fi;
  if
  :: result == no_answer && idempotent -> again = true
#ifndef NO_REPEAT_KEPT
  :: result == surely_not_sent && repeated -> again = true
#endif
  :: else -> recordSend(d, c)
  fi
}

/* Nothing is remembered from one signal to the next: fewer states to look at. */
inline forget() { d = 0; c = 0; redelivered = false; staleNow = false; again = false; repeated = false; result = 0 }

/* A sender of one of two dispatcher instances. */
proctype Sender(byte me) {
  byte d; byte c; bool redelivered; bool staleNow; bool again; bool repeated;
  mtype:answer result;
loop:
  do
  :: atomic { sendSignal[0] == ready -> d = 0; sendSignal[0] = taken; redelivered = sendAgain[0] }; goto work
#if MESSAGES > 1
  :: atomic { sendSignal[1] == ready -> d = 1; sendSignal[1] = taken; redelivered = sendAgain[1] }; goto work
#endif
work:
     sendMessage(d, redelivered, me);
     atomic { if :: again -> sendSignal[d] = ready; sendAgain[d] = true :: !again && sendSignal[d] == taken -> sendSignal[d] = quiet :: else fi;
              forget() };
     goto loop;
dead:
     atomic { sendSignal[d] = ready; sendAgain[d] = true; forget() }
  od
}

/* takeTurn: begin, ask, commit, and with the reply's acceptance its claim. One of two dispatcher instances. */
proctype TurnRunner(byte me) {
  byte d; byte c; byte e; byte k = 0; bool redelivered; bool staleNow; bool again; bool repeated;
  mtype:answer result;
loop:
  do
  :: atomic { turnSignal[0] == ready -> d = 0; turnSignal[0] = taken; redelivered = turnAgain[0] }; goto work
#if MESSAGES > 1
  :: atomic { turnSignal[1] == ready -> d = 1; turnSignal[1] = taken; redelivered = turnAgain[1] }; goto work
#endif
work:
     again = false;
     atomic {                                                   /* beginTurn */
       if
       :: (dispatch[d] != pending && dispatch[d] != in_flight) || deferred[d] -> result = settled
#ifndef NO_BEGIN_MODE
       :: (dispatch[d] == pending || dispatch[d] == in_flight) && !deferred[d] && mode != ai -> suppressDispatch(d); result = settled
#define inAi (mode == ai)
#else
#define inAi (true)
#endif
#ifndef NO_BEGIN_EPOCH
       :: dispatch[d] == in_flight && !deferred[d] && inAi && turnEpoch[d] != epoch -> suppressDispatch(d); result = settled
#define inEpoch (dispatch[d] != in_flight || turnEpoch[d] == epoch)
#else
#define inEpoch (true)
#endif
#ifndef NO_HELD
       :: dispatch[d] == in_flight && !deferred[d] && inAi && inEpoch && !redelivered -> result = held
#define mayBegin (dispatch[d] == pending || redelivered)
#else
#define mayBegin (true)
#endif
#ifndef NO_ONE_TURN
       :: (dispatch[d] == pending || dispatch[d] == in_flight) && !deferred[d] && inAi && inEpoch && mayBegin &&
          runningTurn != NOBODY && runningTurn != d -> result = busy
#define alone (runningTurn == NOBODY || runningTurn == d)
#else
#define alone (true)
#endif
       :: (dispatch[d] == pending || dispatch[d] == in_flight) && !deferred[d] && inAi && inEpoch && mayBegin && alone ->
            twoTurns = twoTurns || (runningTurn != NOBODY && (runningTurn != d || !redelivered));
            revivedTurn = revivedTurn || (dispatch[d] == in_flight && turnEra[d] != era);
            lateTurn = lateTurn || acked;
            dispatch[d] = in_flight; turnEpoch[d] = epoch; turnEra[d] = era; e = epoch; runningTurn = d;
            if :: pendingTurn == d -> pendingTurn = NOBODY :: else fi;
            result = turn
       fi
     };
     if
     :: result == turn -> skip
     :: result == settled && redelivered && reply[d] == sending ->
          sendMessage(d, true, me); goto finish                  /* its sender is gone: outgoing.recover */
     :: else -> goto finish
     fi;
     if :: atomic { faults > 0 -> faults-- }; goto dead :: skip fi;        /* while the AI thinks */
#ifdef ASYNC
     if
     :: atomic { dispatch[d] == in_flight -> deferred[d] = true }; goto finish    /* 202: the answer comes later */
     :: skip
     fi;
#endif
     atomic {                                                    /* commitReply */
       staleNow = replyRefused(e);
       if
#ifndef NO_SETTLED
       :: dispatch[d] != in_flight -> result = settled
#else
       :: false
#endif
#ifndef NO_SETTLED
       :: dispatch[d] == in_flight && staleNow -> suppressDispatch(d); result = settled
       :: dispatch[d] == in_flight && !staleNow ->
#else
       :: staleNow -> suppressDispatch(d); result = settled
       :: !staleNow ->
#endif
            staleReply = staleReply || turnEra[d] != era || mode != ai;
            twoReplies = twoReplies || (reply[d] != unborn);
            dispatch[d] = replied;
            if :: runningTurn == d -> runningTurn = NOBODY :: else fi;
#ifdef HANDOFF
            if
            :: mode == ai ->                                      /* the AI's last words go out under the epoch that its hand-off made */
                 mode = human; epoch++; era++; runningTurn = NOBODY; parting[d] = true;
                 k = 0;
                 do :: k < MESSAGES -> if :: reply[k] == queued -> replyEpoch[k] = epoch; replyEra[k] = era; parting[k] = true :: else fi; k++ :: else -> break od;
                 k = 0;
                 if :: pendingTurn != NOBODY -> suppressDispatch(pendingTurn) :: else fi
            :: skip
            fi;
#endif
            replyEpoch[d] = epoch; replyEra[d] = era;
            if
            :: nothingBefore(d) -> claimFor(d, me); c = claimNo[d]; result = claimed
            :: reply[d] = queued; sendSignal[d] = ready; sendAgain[d] = false; result = settled
            fi
       fi;
       /* wakePending */
       if :: pendingTurn != NOBODY && turnSignal[pendingTurn] != ready -> turnSignal[pendingTurn] = ready; turnAgain[pendingTurn] = false :: else fi
     };
     if :: result == claimed -> deliver(d) :: else fi;
finish:
     atomic { if :: again -> turnSignal[d] = ready; turnAgain[d] = true :: !again && turnSignal[d] == taken -> turnSignal[d] = quiet :: else fi;
              forget(); e = 0 };
     goto loop;
dead:
     atomic { turnSignal[d] = ready; turnAgain[d] = true; forget(); e = 0 }
  od
}

#ifdef ASYNC
/* POST /v1/dispatches/{id}/reply, after a 202: the epoch is the one stored with the dispatch. */
proctype LateAnswer() {
  byte d; bool staleNow;
  do
  :: atomic { deferred[0] && dispatch[0] == in_flight -> d = 0 }; goto answer
#if MESSAGES > 1
  :: atomic { deferred[1] && dispatch[1] == in_flight -> d = 1 }; goto answer
#endif
answer:
     atomic {
       staleNow = replyRefused(turnEpoch[d]);
       if
       :: dispatch[d] != in_flight -> skip
       :: dispatch[d] == in_flight && staleNow -> suppressDispatch(d)
       :: dispatch[d] == in_flight && !staleNow ->
            staleReply = staleReply || turnEra[d] != era || mode != ai;
            twoReplies = twoReplies || (reply[d] != unborn);
            dispatch[d] = replied; replyEpoch[d] = epoch; replyEra[d] = era;
            if :: runningTurn == d -> runningTurn = NOBODY :: else fi;
            reply[d] = queued; sendSignal[d] = ready; sendAgain[d] = false
       fi;
       if :: pendingTurn != NOBODY && turnSignal[pendingTurn] != ready -> turnSignal[pendingTurn] = ready; turnAgain[pendingTurn] = false :: else fi
     }
  od
}
#endif

/* JetStream delivers a signal again whose holder has not been heard of for ack_wait, although it lives. */
proctype AckWait() {
  do
  :: atomic { faults > 0 && turnSignal[0] == taken -> faults--; turnSignal[0] = ready; turnAgain[0] = true }
#if MESSAGES > 1
  :: atomic { faults > 0 && turnSignal[1] == taken -> faults--; turnSignal[1] = ready; turnAgain[1] = true }
  :: atomic { faults > 0 && sendSignal[1] == taken -> faults--; sendSignal[1] = ready; sendAgain[1] = true }
#endif
  :: atomic { faults > 0 && sendSignal[0] == taken -> faults--; sendSignal[0] = ready; sendAgain[0] = true }
  od
}

init {
  byte n = 0;
  atomic {
#ifdef NO_FRESH_CLAIMANT
    do :: n < MESSAGES -> claimant[n] = NOBODY; n++ :: else -> break od; n = 0;
#endif
    if :: idempotent = true :: idempotent = false fi;
    run Customer(); run TurnRunner(0); run TurnRunner(1); run Sender(2); run AckWait();
#ifdef ECHO
    run Echo(); run OwnEcho();
#endif
#ifdef ASYNC
    run LateAnswer();
#endif
    do :: n < OPERATORS -> run Operator(); n++ :: else -> break od
  }
}

#define broken (late || lateClaim || lateTurn || staleClaim || staleReply || revivedTurn || twoTurns || twoReplies \
                || overOutside || wrongEpoch || leftClosed || ownTakeover || idleQueue || delivered[0] > 1 || delivered[MESSAGES - 1] > 1)

#define unsettled(d) (dispatch[d] == pending || (dispatch[d] == in_flight && !deferred[d]) || reply[d] == queued || reply[d] == sending)

/* Everything is judged here; and when nothing moves any more, nothing may be left lying. */
active proctype Judge() {
  do
  :: atomic { broken ->
       printf("late %d lateClaim %d lateTurn %d staleClaim %d staleReply %d revivedTurn %d twoTurns %d twoReplies %d\n",
              late, lateClaim, lateTurn, staleClaim, staleReply, revivedTurn, twoTurns, twoReplies);
       printf("overOutside %d wrongEpoch %d leftClosed %d ownTakeover %d idleQueue %d delivered %d %d\n",
              overOutside, wrongEpoch, leftClosed, ownTakeover, idleQueue, delivered[0], delivered[MESSAGES - 1]);
       assert(false) }
  :: atomic { timeout -> assert(!unsettled(0) && !unsettled(MESSAGES - 1)) }; break
  od
}
