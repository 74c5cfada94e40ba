/* SPDX-License-Identifier: MIT
 * Every SQL statement of the store, in the words that SQLite and PostgreSQL share: $1, $2 ... in the order of
 * first use, ON CONFLICT, RETURNING. Tables and columns are explained in SCHEMA.md. */
#ifndef DISPATCHER_STORE_STATEMENTS_H
#define DISPATCHER_STORE_STATEMENTS_H

/* clang-format off */
#define TICKET_COLUMNS \
    "id,date,number,item,items,done,domain,class,kind,channel,state,\"window\",clerk,asked_window," \
    "asked_clerk,return_to,person,booking,recalls,rejoins,rating,alarmed,transferred,ref_ms,issued_ms," \
    "wait_from_ms,called_ms,recalled_ms,started_ms,ended_ms,rated_ms,waited_ms,served_ms"

/* X(NAME, text) */
#define STATEMENTS(X) \
    X(EVENT_APPEND, "INSERT INTO events(seq,at_ms,date,midnight_ms,body,chain) VALUES($1,$2,$3,$4,$5,$6)") \
    X(EVENT_LAST, "SELECT seq,at_ms,chain FROM events ORDER BY seq DESC LIMIT 1") \
    X(EVENT_AT, "SELECT seq,at_ms,chain FROM events WHERE seq=$1") \
    X(EVENTS_BETWEEN, \
      "SELECT seq,at_ms,date,midnight_ms,body,chain FROM events WHERE seq>$1 AND seq<=$2 ORDER BY seq") \
    X(CHECKPOINT_PUT, "INSERT INTO checkpoints(seq,at_ms,events,chain,hash) VALUES($1,$2,$3,$4,$5)") \
    X(CHECKPOINT_EVENT_PUT, \
      "INSERT INTO checkpoint_events(seq,n,at_ms,midnight_ms,body) VALUES($1,$2,$3,$4,$5)") \
    X(CHECKPOINT_BEFORE, \
      "SELECT seq,at_ms,events,chain,hash FROM checkpoints WHERE seq<$1 ORDER BY seq DESC LIMIT 1") \
    X(CHECKPOINT_EVENTS, "SELECT n,at_ms,midnight_ms,body FROM checkpoint_events WHERE seq=$1 ORDER BY n") \
    X(CHECKPOINTS, "SELECT seq,at_ms FROM checkpoints ORDER BY seq") \
    X(CHECKPOINT_DROP, "DELETE FROM checkpoints WHERE seq=$1") \
    X(CHECKPOINT_EVENTS_DROP, "DELETE FROM checkpoint_events WHERE seq=$1") \
    X(DAY_OPEN, "INSERT INTO days(opened_seq,date,opened_ms) VALUES($1,$2,$3)") \
    X(DAY_CLOSE, "UPDATE days SET closed_seq=$1, closed_ms=$2 WHERE date=$3 AND closed_seq IS NULL") \
    X(DAYS, \
      "SELECT date,opened_seq,closed_seq,opened_ms,closed_ms FROM days WHERE date>=$1 AND date<=$2 " \
      "ORDER BY opened_seq") \
    X(TICKET_PUT, \
      "INSERT INTO tickets(" \
      TICKET_COLUMNS \
      ") VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24," \
      "$25,$26,$27,$28,$29,$30,$31,$32,$33) ON CONFLICT(id) DO UPDATE SET item=excluded.item," \
      "items=excluded.items,done=excluded.done,domain=excluded.domain,class=excluded.class," \
      "kind=excluded.kind,state=excluded.state,\"window\"=excluded.\"window\",clerk=excluded.clerk," \
      "asked_window=excluded.asked_window,asked_clerk=excluded.asked_clerk," \
      "return_to=excluded.return_to,recalls=excluded.recalls,rejoins=excluded.rejoins," \
      "rating=excluded.rating,alarmed=excluded.alarmed,transferred=excluded.transferred," \
      "ref_ms=excluded.ref_ms,wait_from_ms=excluded.wait_from_ms,called_ms=excluded.called_ms," \
      "recalled_ms=excluded.recalled_ms,started_ms=excluded.started_ms,ended_ms=excluded.ended_ms," \
      "rated_ms=excluded.rated_ms,waited_ms=excluded.waited_ms,served_ms=excluded.served_ms") \
    X(TICKETS, "SELECT " TICKET_COLUMNS " FROM tickets WHERE id>=$1 AND id<=$2 ORDER BY id") \
    X(BOOKING_PUT, \
      "INSERT INTO bookings(seq,code,item,date,slot_min,person,channel,state,made_ms) VALUES($1,$2,$3," \
      "$4,$5,$6,$7,'made',$8)") \
    X(BOOKING_END, "UPDATE bookings SET state=$1, ended_ms=$2, ticket=$3 WHERE code=$4 AND state='made'") \
    X(ANSWER_PUT, \
      "INSERT INTO answers_new(id,at_ms,device,boot,counter,answer) VALUES($1,$2,$3,$4,$5,$6)") \
    X(ANSWER_NEW, "SELECT answer,device,boot,counter FROM answers_new WHERE id=$1") \
    X(ANSWERS_NEW, "SELECT id,device,boot,counter,at_ms FROM answers_new ORDER BY id") \
    X(ANSWER_DAYS, \
      "SELECT (SELECT day FROM answers ORDER BY day LIMIT 1),(SELECT day FROM answers ORDER BY day " \
      "DESC LIMIT 1)") \
    X(ANSWER_FIND_DAY, "SELECT answer FROM answers WHERE day=$1 AND device=$2 AND boot=$3 AND counter=$4") \
    X(ANSWER_TOP_DAY, "SELECT max(counter) FROM answers WHERE day=$1 AND device=$2 AND boot=$3") \
    X(ANSWERS_FOLD, \
      "INSERT INTO answers(day,device,boot,counter,at_ms,answer) SELECT at_ms/86400000,device,boot," \
      "counter,at_ms,answer FROM answers_new WHERE id<=$1 ORDER BY 1,2,3,4 ON CONFLICT DO NOTHING") \
    X(ANSWERS_FOLDED, "DELETE FROM answers_new WHERE id<=$1") \
    X(ANSWERS_PRUNE, \
      "DELETE FROM answers WHERE (day,device,boot,counter) IN (SELECT day,device,boot,counter FROM " \
      "answers WHERE day<$1 ORDER BY day,device,boot,counter LIMIT $2)") \
    X(OUTBOX_PUT, "INSERT INTO outbox(at_ms,kind,body,next_ms) VALUES($1,$2,$3,$4) RETURNING id") \
    X(OUTBOX_DUE, \
      "SELECT id,at_ms,kind,body,tries,next_ms FROM outbox WHERE done_ms IS NULL AND next_ms<=$1 ORDER " \
      "BY next_ms,id LIMIT $2") \
    X(OUTBOX_NEXT, \
      "SELECT min(next_ms),count(*) FROM (SELECT next_ms FROM outbox WHERE done_ms IS NULL ORDER BY " \
      "next_ms LIMIT 1) AS due") \
    X(OUTBOX_DONE, "UPDATE outbox SET done_ms=$1 WHERE id=$2 AND done_ms IS NULL") \
    X(OUTBOX_RETRY, "UPDATE outbox SET tries=tries+1, next_ms=$1 WHERE id=$2 AND done_ms IS NULL") \
    X(OUTBOX_PRUNE, "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE done_ms<$1 LIMIT $2)") \
    X(SETTING_PUT, \
      "INSERT INTO settings(name,value) VALUES($1,$2) ON CONFLICT(name) DO UPDATE SET " \
      "value=excluded.value") \
    X(SETTING_FIND, "SELECT value FROM settings WHERE name=$1") \
    X(DOCUMENT_PUT, \
      "INSERT INTO documents(kind,version,at_ms,account,body) SELECT $1,coalesce(max(version),0)+1,$2," \
      "$3,$4 FROM documents WHERE kind=$1 RETURNING version") \
    X(DOCUMENT_FIND, \
      "SELECT kind,version,at_ms,account,length(CAST(body AS BLOB)),body FROM documents WHERE kind=$1 " \
      "AND version=$2") \
    X(DOCUMENT_NEWEST, "SELECT max(version) FROM documents WHERE kind=$1") \
    X(DOCUMENTS, \
      "SELECT kind,version,at_ms,account,length(CAST(body AS BLOB)) FROM documents WHERE kind=$1 ORDER " \
      "BY version") \
    X(ACCOUNT_ADD, \
      "INSERT INTO accounts(login,name,password,role,clerk,locked,must_change,failures,failed_ms," \
      "created_ms,changed_ms) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) RETURNING id") \
    X(ACCOUNT_PUT, \
      "UPDATE accounts SET login=$1,name=$2,password=$3,role=$4,clerk=$5,locked=$6,must_change=$7," \
      "failures=$8,failed_ms=$9,created_ms=$10,changed_ms=$11 WHERE id=$12") \
    X(ACCOUNT_FIND, \
      "SELECT id,login,name,password,role,clerk,locked,must_change,failures,failed_ms,created_ms," \
      "changed_ms FROM accounts WHERE login=$1") \
    X(ACCOUNT_GET, \
      "SELECT id,login,name,password,role,clerk,locked,must_change,failures,failed_ms,created_ms," \
      "changed_ms FROM accounts WHERE id=$1") \
    X(ACCOUNTS, \
      "SELECT id,login,name,password,role,clerk,locked,must_change,failures,failed_ms,created_ms," \
      "changed_ms FROM accounts ORDER BY id") \
    X(SESSION_PUT, \
      "INSERT INTO sessions(token_hash,account,created_ms,seen_ms,expires_ms) VALUES($1,$2,$3,$4,$5) " \
      "ON CONFLICT(token_hash) DO UPDATE SET account=excluded.account,created_ms=excluded.created_ms," \
      "seen_ms=excluded.seen_ms,expires_ms=excluded.expires_ms") \
    X(SESSION_FIND, "SELECT account,created_ms,seen_ms,expires_ms FROM sessions WHERE token_hash=$1") \
    X(SESSION_DROP, "DELETE FROM sessions WHERE token_hash=$1") \
    X(SESSIONS_DROP, "DELETE FROM sessions WHERE account=$1") \
    X(SESSIONS_PRUNE, \
      "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_ms<=$1 " \
      "LIMIT $2)") \
    X(DEVICE_ADD, \
      "INSERT INTO devices(name,kind,token_hash,attributes,revoked,created_ms) VALUES($1,$2,$3,$4,$5," \
      "$6) RETURNING id") \
    X(DEVICE_PUT, \
      "UPDATE devices SET name=$1,kind=$2,token_hash=$3,attributes=$4,revoked=$5,created_ms=$6 WHERE " \
      "id=$7") \
    X(DEVICE_GET, "SELECT id,name,kind,token_hash,attributes,revoked,created_ms FROM devices WHERE id=$1") \
    X(DEVICES, "SELECT id,name,kind,token_hash,attributes,revoked,created_ms FROM devices ORDER BY id") \
    X(PERSON_ADD, "INSERT INTO persons(hmac,seen_day) VALUES($1,$2) RETURNING id") \
    X(PERSON_FIND, "SELECT id,seen_day FROM persons WHERE hmac=$1") \
    X(PERSON_SEEN, "UPDATE persons SET seen_day=$1 WHERE id=$2") \
    X(PERSONS_PRUNE, \
      "DELETE FROM persons WHERE id IN (SELECT id FROM persons WHERE seen_day<$1 LIMIT $2)") \
    X(CONTACT_PUT, \
      "INSERT INTO contacts(kind,id,name,phone,name_until_ms,phone_until_ms) VALUES($1,$2,$3,$4,$5,$6) " \
      "ON CONFLICT(kind,id) DO UPDATE SET name=excluded.name,phone=excluded.phone," \
      "name_until_ms=excluded.name_until_ms,phone_until_ms=excluded.phone_until_ms") \
    X(CONTACT_FIND, \
      "SELECT name,phone,name_until_ms,phone_until_ms FROM contacts WHERE kind=$1 AND id=$2") \
    X(CONTACT_DROP, "DELETE FROM contacts WHERE kind=$1 AND id=$2") \
    X(NAMES_PRUNE, \
      "UPDATE contacts SET name='' WHERE (kind,id) IN (SELECT kind,id FROM contacts WHERE name<>'' AND " \
      "name_until_ms<=$1 LIMIT $2)") \
    X(PHONES_PRUNE, \
      "UPDATE contacts SET phone='' WHERE (kind,id) IN (SELECT kind,id FROM contacts WHERE phone<>'' " \
      "AND phone_until_ms<=$1 LIMIT $2)") \
    X(CONTACTS_PRUNE, \
      "DELETE FROM contacts WHERE (kind,id) IN (SELECT kind,id FROM contacts WHERE name='' AND " \
      "phone='' LIMIT $1)") \
    X(AUDIT_PUT, "INSERT INTO audits(seq,at_ms,account,act,detail,chain) VALUES($1,$2,$3,$4,$5,$6)") \
    X(AUDIT_LAST, "SELECT seq,chain FROM audits ORDER BY seq DESC LIMIT 1") \
    X(AUDITS_BEFORE, \
      "SELECT seq,at_ms,account,act,detail FROM audits WHERE seq<$1 ORDER BY seq DESC LIMIT $2") \
    X(AUDITS, "SELECT seq,at_ms,account,act,detail,chain FROM audits ORDER BY seq")
/* clang-format on */

enum statement {
#define X(name, text) STATEMENT_##name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};

#endif
