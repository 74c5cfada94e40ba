// SPDX-License-Identifier: MIT
// The rules of the demo hall's four files, and its statistics. check_demo() lists every problem with its file and field;
// it knows nothing of the test runner, so that other tests can use it. Run by itself it prints the statistics.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILES = ['hall', 'items', 'clerks', 'calendar'];
const SERIES = 'ACFHKMRSWX';
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const CLASSES = ['chief', 'window', 'comprehensive'];
const CHANNELS = ['kiosk', 'phone', 'online', 'staff'];
const FAKE_PHONE = /^0396-0000\d{3}$/;
export const REFERENCE_DAY = '2026-11-23';

// ---- reading

/* The four files as {hall, items, clerks, calendar}, parsed; `text` holds them as written, `policies` the core's table. */
export function load_demo(folder = fileURLToPath(new URL('../../assets/demo/', import.meta.url))) {
    const demo = { text: {} };
    for (const name of FILES) {
        demo.text[name] = readFileSync(`${folder}/${name}.json`, 'utf8');
        demo[name] = JSON.parse(demo.text[name]);
    }
    demo.policies = load_policies();
    return demo;
}

/* The core's policies: wire name -> {least, most}, read from the table in its header. */
function load_policies() {
    const header = readFileSync(new URL('../../dispatcher/core/policy.h', import.meta.url), 'utf8');
    const rows = header.matchAll(/X\(\w+,\s*"([a-z-]+)",\s*-?\d+,\s*(-?\d+),\s*(-?\d+),/g);
    return Object.fromEntries([...rows].map(([, name, least, most]) => [name, { least: Number(least), most: Number(most) }]));
}

// ---- words

export const han_count = text => (text.match(/\p{Script=Han}/gu) ?? []).length;

/* Characters as wide as a Han one on a card: Latin letters and digits count half. */
const card_width = text => [...text].reduce((sum, c) => sum + (c.codePointAt(0) < 0x2000 ? 0.5 : 1), 0);

const is_day = text => typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
const weekday_of = day => new Date(`${day}T00:00:00Z`).getUTCDay();
const minutes_of = time => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const is_time = text => typeof text === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/* First day of the festivals that move with the moon and the sun. Written down because ICU's Chinese calendar is a day off
 * when a new moon falls close to midnight, as in February 2027. */
const MOVING = {
    2026: { spring: '2026-02-17', qingming: '2026-04-05', dragon_boat: '2026-06-19', mid_autumn: '2026-09-25' },
    2027: { spring: '2027-02-06', qingming: '2027-04-05', dragon_boat: '2027-06-09', mid_autumn: '2027-09-15' },
};
const day_after = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86400000).toISOString().slice(0, 10);

// ---- one problem list

class Problems {
    constructor() { this.list = []; }
    add(at, what) { this.list.push(`${at}: ${what}`); }
    need(is_true, at, what) { if (!is_true) this.add(at, what); return is_true; }

    /* Exactly the keys given; those with a question mark may be absent. */
    keys(value, names, at) {
        if (!this.need(value !== null && typeof value === 'object' && !Array.isArray(value), at, 'must be an object'))
            return false;
        const known = names.map(name => name.replace('?', ''));
        for (const name of Object.keys(value)) this.need(known.includes(name), `${at}.${name}`, 'is not a known field');
        for (const name of names)
            if (!name.endsWith('?')) this.need(name in value, `${at}.${name}`, 'is missing');
        return true;
    }

    text(value, at, most = Infinity) {
        if (!this.keys(value, ['zh', 'en'], at)) return;
        for (const language of ['zh', 'en'])
            this.need(typeof value[language] === 'string' && value[language].trim() === value[language] &&
                value[language] !== '', `${at}.${language}`, 'must be text without blanks around it');
        const { zh = '', en = '' } = value;
        this.need(han_count(String(zh)) > 0, `${at}.zh`, 'holds no Han character');
        this.need(han_count(String(en)) === 0, `${at}.en`, 'holds Han characters');
        this.need(!/[,;?()]/.test(zh), `${at}.zh`, 'has half-width punctuation');
        this.need(card_width(String(zh)) <= most, `${at}.zh`, `is longer than ${most} characters`);
    }

    texts(list, at) {
        if (this.need(Array.isArray(list) && list.length > 0, at, 'must be a list with at least one text'))
            list.forEach((text, i) => this.text(text, `${at}[${i}]`));
    }

    whole(value, least, most, at) {
        return this.need(Number.isInteger(value) && value >= least && value <= most, at, `must be a whole number ${least}..${most}`);
    }

    unique(list, of, at) {
        const seen = new Set();
        for (const entry of list) {
            const key = of(entry);
            if (key !== undefined) this.need(!seen.has(key), at, `${key} occurs twice`);
            seen.add(key);
        }
    }

    refs(list, known, at) {
        if (this.need(Array.isArray(list), at, 'must be a list')) {
            list.forEach((id, i) => this.need(known.has(id), `${at}[${i}]`, `${id} does not exist`));
            this.unique(list, id => id, at);
        }
    }

    /* Toned pinyin, one syllable with a digit for each Han character: `bu4 dong4 chan3`. */
    reading(value, name, at) {
        if (!this.need(typeof value === 'string' && /^[a-z]+[1-5]( [a-z]+[1-5])*$/.test(value), at, 'must be pinyin like "shui4 wu4"'))
            return;
        const syllables = value.split(' ').length;
        this.need(syllables === han_count(name?.zh ?? ''), at, `has ${syllables} syllables for "${name?.zh}"`);
    }

    sessions(list, at) {
        if (!this.need(Array.isArray(list) && list.length <= 3, at, 'must be a list of at most 3 sessions')) return;
        let end = -1;
        list.forEach((session, i) => {
            const good = Array.isArray(session) && session.length === 2 && session.every(is_time);
            if (!this.need(good, `${at}[${i}]`, 'must be ["09:00", "17:00"]')) return;
            this.need(minutes_of(session[0]) > end && minutes_of(session[0]) < minutes_of(session[1]), `${at}[${i}]`, 'runs backwards or overlaps');
            end = minutes_of(session[1]);
        });
    }
}

// ---- the files

function check_hall(p, hall) {
    p.keys(hall, ['format', 'hall', 'zones', 'windows', 'domains', 'priority_kinds', 'policy', 'holiday_texts'], 'hall.json');
    p.need(hall.format === 1, 'hall.json format', 'must be 1');
    const own = hall.hall;
    p.keys(own, ['id', 'name', 'short_name', 'reading?', 'address', 'phone', 'time_zone', 'online_hall_url', 'notice_lines'], 'hall.json hall');
    p.text(own.name, 'hall.json hall.name', 24);
    p.text(own.short_name, 'hall.json hall.short_name', 12);
    if (own.reading) p.reading(own.reading, own.short_name, 'hall.json hall.reading');
    p.text(own.address, 'hall.json hall.address');
    p.need(FAKE_PHONE.test(own.phone), 'hall.json hall.phone', 'must look like 0396-0000000');
    p.need(own.time_zone === 'Asia/Shanghai', 'hall.json hall.time_zone', 'must be Asia/Shanghai');
    p.texts(own.notice_lines, 'hall.json hall.notice_lines');
    for (const [key, text] of Object.entries(hall.holiday_texts)) p.text(text, `hall.json holiday_texts.${key}`);

    p.unique(hall.zones, zone => zone.id, 'hall.json zones id');
    p.unique(hall.zones, zone => zone.letter, 'hall.json zones letter');
    hall.zones.forEach((zone, i) => {
        const at = `hall.json zones[${i}]`;
        p.keys(zone, ['id', 'letter', 'name'], at);
        p.whole(zone.id, 1, 32, `${at}.id`);
        p.need(/^[A-Z]$/.test(zone.letter), `${at}.letter`, 'must be one capital letter');
        p.text(zone.name, `${at}.name`);
    });

    p.unique(hall.domains, domain => domain.id, 'hall.json domains id');
    p.unique(hall.domains, domain => domain.series, 'hall.json domains series');
    hall.domains.forEach((domain, i) => {
        const at = `hall.json domains[${i}]`;
        p.keys(domain, ['id', 'series', 'name', 'short_name', 'icon', 'reading', 'slot_capacity', 'department'], at);
        p.whole(domain.id, 1, 64, `${at}.id`);
        p.need(typeof domain.series === 'string' && domain.series.length === 1 && SERIES.includes(domain.series), `${at}.series`, `must be one of ${SERIES}`);
        p.text(domain.name, `${at}.name`, 12);
        p.text(domain.short_name, `${at}.short_name`, 6);
        p.need(/^[a-z]+(-[a-z]+)*$/.test(domain.icon), `${at}.icon`, 'must be an icon name');
        p.reading(domain.reading, domain.name, `${at}.reading`);
        p.whole(domain.slot_capacity, 1, 200, `${at}.slot_capacity`);
        p.text(domain.department, `${at}.department`);
    });

    p.unique(hall.priority_kinds, kind => kind.id, 'hall.json priority_kinds id');
    p.unique(hall.priority_kinds, kind => kind.code, 'hall.json priority_kinds code');
    hall.priority_kinds.forEach((kind, i) => {
        const at = `hall.json priority_kinds[${i}]`;
        p.keys(kind, ['id', 'code', 'name', 'class'], at);
        p.whole(kind.id, 1, 16, `${at}.id`);
        p.text(kind.name, `${at}.name`, 12);
        p.need(kind.class === 'priority', `${at}.class`, 'must be priority');
    });
    for (const code of ['elderly', 'disabled', 'military', 'pregnant', 'infant'])
        p.need(hall.priority_kinds.some(kind => kind.code === code), 'hall.json priority_kinds', `${code} is missing`);

}

function check_policy(p, policy, known) {
    p.need(Object.keys(known).length > 0, 'the core', 'has no policies');
    for (const [key, value] of Object.entries(policy)) {
        const at = `hall.json policy.${key}`;
        if (p.need(key in known, at, 'is not a policy of the core')) p.whole(value, known[key].least, known[key].most, at);
    }
    for (const name of ['normal', 'priority', 'booked', 'green'])
        p.need(`target-${name}-min` in policy, `hall.json policy.target-${name}-min`, 'is missing');
}

function check_windows(p, hall, known) {
    p.unique(hall.windows, window => window.number, 'hall.json windows number');
    hall.windows.forEach((window, i) => {
        const at = `hall.json windows[${i}]`;
        p.keys(window, ['number', 'zone', 'mode', 'domains', 'items', 'posted_domains', 'name', 'reading'], at);
        p.whole(window.number, 1, 512, `${at}.number`);
        p.need(known.zones.has(window.zone), `${at}.zone`, `${window.zone} does not exist`);
        p.need(['undifferentiated', 'domain', 'special'].includes(window.mode), `${at}.mode`, 'must be undifferentiated, domain or special');
        p.refs(window.domains, known.domains, `${at}.domains`);
        p.refs(window.items, known.items, `${at}.items`);
        p.refs(window.posted_domains, known.domains, `${at}.posted_domains`);
        p.need((window.mode === 'domain') === (window.domains.length > 0), `${at}.domains`, 'belongs to domain windows, and they need it');
        p.need((window.mode === 'special') === (window.items.length > 0), `${at}.items`, 'belongs to special windows, and they need it');
        p.need(window.items.length <= 32, `${at}.items`, 'names more than 32 items');
        if (window.mode === 'domain')
            p.need(window.posted_domains.every(id => window.domains.includes(id)), `${at}.posted_domains`, 'names a domain the window does not serve');
        p.text(window.name, `${at}.name`, 14);
        p.reading(window.reading, window.name, `${at}.reading`);
    });
}

function check_guide(p, guide, at) {
    if (!p.keys(guide, ['basis', 'type', 'accepting_unit', 'channels', 'conditions', 'materials', 'procedure', 'time_limit',
        'fees', 'rating_channels', 'complaint_channels', 'updated'], at)) return;
    for (const part of ['basis', 'type', 'accepting_unit']) p.text(guide[part], `${at}.${part}`);
    for (const part of ['channels', 'conditions', 'procedure', 'rating_channels', 'complaint_channels'])
        p.texts(guide[part], `${at}.${part}`);
    p.need(guide.basis?.zh?.includes('演示'), `${at}.basis.zh`, 'is not marked as demo content');
    p.need((guide.procedure?.length ?? 0) >= 2, `${at}.procedure`, 'needs at least two steps');

    if (p.need(Array.isArray(guide.materials) && guide.materials.length > 0, `${at}.materials`, 'must name at least one material')) {
        p.unique(guide.materials, material => material.name?.zh, `${at}.materials`);
        guide.materials.forEach((material, i) => {
            const here = `${at}.materials[${i}]`;
            if (!p.keys(material, ['name', 'original', 'copies', 'supplied', 'note'], here)) return;
            p.text(material.name, `${here}.name`);
            p.text(material.note, `${here}.note`);
            p.whole(material.original, 0, 9, `${here}.original`);
            p.whole(material.copies, 0, 9, `${here}.copies`);
            p.need(['paper', 'online', 'shared'].includes(material.supplied), `${here}.supplied`, 'must be paper, online or shared');
            p.need((material.supplied === 'paper') === (material.original + material.copies > 0), here, 'only what comes on paper has originals or copies');
        });
    }
    if (p.keys(guide.time_limit, ['legal_days', 'promised_days', 'note'], `${at}.time_limit`)) {
        const { legal_days, promised_days, note } = guide.time_limit;
        p.whole(legal_days, 1, 200, `${at}.time_limit.legal_days`);
        p.whole(promised_days, 0, 200, `${at}.time_limit.promised_days`);
        p.need(promised_days <= legal_days, `${at}.time_limit.promised_days`, 'is longer than the legal limit');
        p.text(note, `${at}.time_limit.note`);
    }
    if (p.keys(guide.fees, ['charged', 'basis', 'standard'], `${at}.fees`)) {
        p.need(typeof guide.fees.charged === 'boolean', `${at}.fees.charged`, 'must be true or false');
        p.text(guide.fees.basis, `${at}.fees.basis`);
        p.text(guide.fees.standard, `${at}.fees.standard`);
        p.need(guide.fees.charged !== (guide.fees.standard?.zh === '不收费'), `${at}.fees.standard`, 'contradicts "charged"');
    }
    p.need(is_day(guide.updated) && guide.updated <= REFERENCE_DAY, `${at}.updated`, 'must be a date that has passed');
}

function check_items(p, { items: { format, items }, hall }, known) {
    p.need(format === 1, 'items.json format', 'must be 1');
    for (const key of ['id', 'code']) p.unique(items, item => item[key], `items.json ${key}`);
    p.unique(items, item => item.name?.zh, 'items.json name.zh');
    p.unique(items, item => item.short_name?.zh, 'items.json short_name.zh');
    items.forEach((item, i) => {
        const at = `items.json items[${i}] (id ${item.id})`;
        p.keys(item, ['id', 'code', 'domain', 'name', 'short_name', 'reading?', 'aliases', 'department', 'case_type', 'expected_min',
            'needs_identity', 'bookable', 'needs_confirmation', 'special_only', 'daily_quota', 'slot_capacity', 'zones?', 'popular', 'guide'], at);
        p.whole(item.id, 1, 2048, `${at}.id`);
        p.need(/^411726-[A-Z]{4}-\d{4}$/.test(item.code), `${at}.code`, 'must look like 411726-ABCD-0001');
        p.need(known.domains.has(item.domain), `${at}.domain`, `${item.domain} does not exist`);
        p.text(item.name, `${at}.name`, 24);
        p.text(item.short_name, `${at}.short_name`, 10);
        if ('reading' in item) p.reading(item.reading, item.name, `${at}.reading`);
        p.need(Array.isArray(item.aliases) && item.aliases.length > 0 && item.aliases.every(alias => han_count(alias) > 0), `${at}.aliases`, 'must hold at least one everyday word');
        p.unique(item.aliases ?? [], alias => alias, `${at}.aliases`);
        p.text(item.department, `${at}.department`);
        p.need(['on-the-spot', 'committed-time'].includes(item.case_type), `${at}.case_type`, 'must be on-the-spot or committed-time');
        p.whole(item.expected_min, 1, 120, `${at}.expected_min`);
        for (const flag of ['needs_identity', 'bookable', 'needs_confirmation', 'special_only', 'popular'])
            p.need(typeof item[flag] === 'boolean', `${at}.${flag}`, 'must be true or false');
        p.whole(item.daily_quota, 0, 9999, `${at}.daily_quota`);
        p.whole(item.slot_capacity, 0, 200, `${at}.slot_capacity`);
        p.need(item.bookable || item.slot_capacity === 0, `${at}.slot_capacity`, 'is set for an item that cannot be booked');
        if ('zones' in item) p.refs(item.zones, known.zones, `${at}.zones`);
        p.need(item.special_only === hall.windows.some(window => window.items.includes(item.id)), `${at}.special_only`, 'does not agree with the special windows');
        check_guide(p, item.guide, `${at}.guide`);
        const at_window = (item.guide?.channels ?? []).find(channel => channel.zh?.startsWith('大厅窗口'));
        if (p.need(at_window, `${at}.guide.channels`, 'the hall window is missing'))
            p.need(at_window.zh.includes('预约') === item.bookable, `${at}.guide.channels`, 'does not agree with bookable');
        p.need((item.case_type === 'on-the-spot') === (item.guide?.time_limit?.promised_days === 0), `${at}.case_type`, 'does not agree with the promised days');
        if (item.needs_confirmation)
            p.need((item.guide?.materials ?? []).filter(m => m.supplied === 'paper').length >= 2, `${at}.needs_confirmation`, 'asks about papers, but there are fewer than two');
        check_slot(p, item, hall, at);
    });
    for (const item of items)
        for (const { zh } of item.guide?.complaint_channels ?? [])
            for (const [, number] of (zh ?? '').matchAll(/(\d+) 号窗口/g))
                p.need(hall.windows.some(window => window.number === Number(number) && window.mode === 'special'), `items.json (id ${item.id}).guide.complaint_channels`, `window ${number} is not a special window`);
}

/* Each channel's share of a slot, rounded up as the core does, must be at least one place. */
function check_slot(p, item, hall, at) {
    if (!item.bookable) return;
    const capacity = item.slot_capacity || hall.domains.find(domain => domain.id === item.domain)?.slot_capacity || 0;
    for (const channel of CHANNELS) {
        const permille = hall.policy[`quota-${channel}-permille`] ?? 1000;
        p.need(Math.ceil(capacity * permille / 1000) >= 1, `${at}.slot_capacity`, `leaves no place for the channel ${channel}`);
    }
}

function check_clerks(p, { clerks: { format, clerks, authorisations, roster } }, known) {
    p.need(format === 1, 'clerks.json format', 'must be 1');
    for (const key of ['id', 'staff_no']) p.unique(clerks, clerk => clerk[key], `clerks.json clerks ${key}`);
    p.unique(clerks, clerk => clerk.name?.zh, 'clerks.json clerks name');
    clerks.forEach((clerk, i) => {
        const at = `clerks.json clerks[${i}] (id ${clerk.id})`;
        p.keys(clerk, ['id', 'name', 'staff_no', 'trained', 'trained_on', 'roles', 'speed_percent'], at);
        p.whole(clerk.id, 1, 1024, `${at}.id`);
        p.text(clerk.name, `${at}.name`, 8);
        p.need(clerk.trained === true ? is_day(clerk.trained_on) : clerk.trained === false && clerk.trained_on === null, `${at}.trained_on`, 'must be the day of training, or null for the untrained');
        p.need(Array.isArray(clerk.roles) && clerk.roles.length > 0 && clerk.roles.every(role => ['clerk', 'lead', 'manager', 'auditor', 'admin'].includes(role)), `${at}.roles`, 'must be known roles');
        p.whole(clerk.speed_percent, 50, 200, `${at}.speed_percent`);
    });
    for (const key of ['id', 'document']) p.unique(authorisations, one => one[key], `clerks.json authorisations ${key}`);
    authorisations.forEach((one, i) => {
        const at = `clerks.json authorisations[${i}] (id ${one.id})`;
        p.keys(one, ['id', 'clerk', 'class', 'scope', 'valid_from', 'valid_to', 'document'], at);
        p.whole(one.id, 1, 8192, `${at}.id`);
        p.need(known.clerks.has(one.clerk), `${at}.clerk`, `${one.clerk} does not exist`);
        p.need(CLASSES.includes(one.class), `${at}.class`, `must be one of ${CLASSES.join(', ')}`);
        if (p.keys(one.scope, ['domains?', 'items?'], `${at}.scope`)) {
            p.need(('domains' in one.scope) !== ('items' in one.scope), `${at}.scope`, 'must name either domains or items');
            if ('domains' in one.scope) p.refs(one.scope.domains, known.domains, `${at}.scope.domains`);
            if ('items' in one.scope) p.refs(one.scope.items, known.items, `${at}.scope.items`);
            p.need((one.scope.domains ?? one.scope.items ?? []).length > 0, `${at}.scope`, 'covers nothing');
        }
        p.need(is_day(one.valid_from) && is_day(one.valid_to) && one.valid_from <= one.valid_to, at, 'valid_from and valid_to must be dates in order');
        p.need(/^泌授〔\d{4}〕\d{3}号$/.test(one.document), `${at}.document`, 'must look like 泌授〔2026〕001号');
    });
    for (const key of ['window', 'clerk']) p.unique(roster, line => line[key], `clerks.json roster ${key}`);
    roster.forEach((line, i) => {
        p.need(known.windows.has(line.window), `clerks.json roster[${i}].window`, `${line.window} does not exist`);
        p.need(known.clerks.has(line.clerk), `clerks.json roster[${i}].clerk`, `${line.clerk} does not exist`);
    });
}

function check_calendar(p, calendar, known) {
    p.keys(calendar, ['format', 'note', 'years', 'weekly', 'numbers_stop_before_close_min', 'issue_from_min_before_open', 'lunch_shifts', 'days'], 'calendar.json');
    p.need(calendar.format === 1, 'calendar.json format', 'must be 1');
    p.text(calendar.note, 'calendar.json note');
    p.keys(calendar.weekly, WEEKDAYS, 'calendar.json weekly');
    for (const day of WEEKDAYS) p.sessions(calendar.weekly[day], `calendar.json weekly.${day}`);
    p.whole(calendar.numbers_stop_before_close_min, 0, 240, 'calendar.json numbers_stop_before_close_min');
    p.whole(calendar.issue_from_min_before_open, 0, 240, 'calendar.json issue_from_min_before_open');
    calendar.lunch_shifts.forEach((shift, i) => {
        const at = `calendar.json lunch_shifts[${i}]`;
        p.keys(shift, ['from', 'to', 'windows', 'note'], at);
        p.need(is_time(shift.from) && is_time(shift.to) && minutes_of(shift.from) < minutes_of(shift.to), at, 'must run from an earlier to a later time');
        p.refs(shift.windows, known.windows, `${at}.windows`);
        p.text(shift.note, `${at}.note`);
    });
    calendar.years.forEach((year, i) => {
        const at = `calendar.json years[${i}]`;
        p.keys(year, ['year', 'basis', 'note'], at);
        p.need(['announced', 'assumed'].includes(year.basis), `${at}.basis`, 'must be announced or assumed');
        p.text(year.note, `${at}.note`);
    });
    const assumed = new Set(calendar.years.filter(year => year.basis === 'assumed').map(year => String(year.year)));
    p.need(calendar.days.length <= 512, 'calendar.json days', 'holds more than 512 days');
    let last = '';
    calendar.days.forEach((day, i) => {
        const at = `calendar.json days[${i}] (${day.date})`;
        p.keys(day, ['date', 'kind', 'name', 'sessions', 'note?'], at);
        if (!p.need(is_day(day.date), `${at}.date`, 'is not a date')) return;
        p.need(day.date > last, `${at}.date`, 'is out of order or occurs twice');
        last = day.date;
        p.need(calendar.years.some(year => day.date.startsWith(`${year.year}-`)), `${at}.date`, 'lies outside the years of this file');
        p.text(day.name, `${at}.name`, 16);
        p.sessions(day.sessions, `${at}.sessions`);
        const is_weekend = [0, 6].includes(weekday_of(day.date));
        if (p.need(['holiday', 'workday', 'special'].includes(day.kind), `${at}.kind`, 'must be holiday, workday or special'))
            p.need((day.kind === 'holiday') === (day.sessions.length === 0), `${at}.sessions`, 'closed on holidays only');
        if (day.kind === 'workday') p.need(is_weekend, `${at}.kind`, 'a make-up work day must be a Saturday or Sunday');
        if (day.kind === 'workday') p.need(!assumed.has(day.date.slice(0, 4)), at, 'nobody has announced this make-up work day');
        if (day.kind === 'holiday' && assumed.has(day.date.slice(0, 4))) p.need('note' in day, `${at}.note`, 'must say that the day is assumed');
        if ('note' in day) p.text(day.note, `${at}.note`);
    });
    check_festivals(p, calendar);
}

/* The statutory days must be closed: four days from New Year's Eve, two in May, three in October, one for the others. */
function check_festivals(p, calendar) {
    const closed = new Set(calendar.days.filter(day => day.kind === 'holiday').map(day => day.date));
    for (const { year } of calendar.years) {
        const moving = MOVING[year];
        if (!p.need(moving, `calendar.json years ${year}`, 'the dates of its moving festivals are not known')) continue;
        const needed = [
            ...['01-01', '05-01', '05-02', '10-01', '10-02', '10-03'].map(day => `${year}-${day}`),
            ...[-1, 0, 1, 2].map(days => day_after(moving.spring, days)),
            moving.qingming, moving.dragon_boat, moving.mid_autumn,
        ];
        for (const day of needed) p.need(closed.has(day), `calendar.json days ${day}`, 'a statutory holiday must be closed');
    }
}

/* Every text of the four files: no number that somebody could really dial, no address that could be opened. */
function check_strings(p, value, at) {
    if (typeof value === 'string') {
        for (const [phone] of value.matchAll(/\d{3,4}-\d{7,8}/g))
            p.need(FAKE_PHONE.test(phone), at, `${phone} could be a real phone number`);
        p.need(!/(?<!\d)(?:1[3-9]\d{9}|12\d{3}|9[56]\d{3}|400-?\d{3}-?\d{4}|11\d)(?!\d)/.test(value), at, 'holds what could be a real phone number');
        p.need(!/\d{17}[\dXx]/.test(value), at, 'holds what could be an ID number');
        for (const [url] of value.matchAll(/https?:\/\/[^\s/]+/g)) p.need(/\.invalid$/.test(url), at, `${url} is not an example.invalid address`);
    } else if (value !== null && typeof value === 'object') {
        for (const [key, inner] of Object.entries(value)) check_strings(p, inner, `${at}.${key}`);
    }
}

// ---- who can be served where

/* Whether an authorisation that is valid on the day lets the clerk do the item. */
export function clerk_may_serve(demo, clerk_id, item, day) {
    const clerk = demo.clerks.clerks.find(one => one.id === clerk_id);
    return clerk?.trained === true && demo.clerks.authorisations.some(one =>
        one.clerk === clerk_id && one.valid_from <= day && day <= one.valid_to &&
        (one.scope.domains?.includes(item.domain) || one.scope.items?.includes(item.id)));
}

/* Whether the window, by its mode and zone, is for the item. */
export function window_is_for(window, item) {
    if (item.zones && !item.zones.includes(window.zone)) return false;
    if (window.mode === 'special') return window.items.includes(item.id);
    return !item.special_only && (window.mode === 'undifferentiated' || window.domains.includes(item.domain));
}

/* Numbers of the windows that, staffed by the roster, can be called this item's tickets. */
export function windows_serving(demo, item, day, without = []) {
    return demo.clerks.roster.filter(line => {
        const window = demo.hall.windows.find(one => one.number === line.window);
        return window && !without.includes(line.window) && window_is_for(window, item) && clerk_may_serve(demo, line.clerk, item, day);
    }).map(line => line.window);
}

function check_service(p, demo) {
    const day = REFERENCE_DAY;
    for (const item of demo.items.items)
        p.need(windows_serving(demo, item, day).length > 0, `items.json (id ${item.id})`, `no rostered window may serve "${item.name?.zh}" on ${day}`);
    for (const domain of demo.hall.domains) {
        const ordinary = demo.items.items.filter(item => item.domain === domain.id && !item.special_only);
        p.need(ordinary.length > 0, `hall.json domains (id ${domain.id})`, 'has no items');
        for (const item of ordinary)
            p.need(windows_serving(demo, item, day).length >= 2, `items.json (id ${item.id})`, 'fewer than two rostered windows may serve it');
        const posted = demo.hall.windows.filter(window => window.posted_domains.includes(domain.id));
        p.need(posted.length >= 2, `hall.json domains (id ${domain.id})`, 'is posted at fewer than two windows');
        demo.calendar.lunch_shifts.forEach((shift, i) => ordinary.forEach(item =>
            p.need(windows_serving(demo, item, day, shift.windows).length > 0, `calendar.json lunch_shifts[${i}]`, `leaves item ${item.id} without a window`)));
    }
    for (const line of demo.clerks.roster) {
        const window = demo.hall.windows.find(one => one.number === line.window);
        p.need(demo.items.items.some(item => window && window_is_for(window, item) && clerk_may_serve(demo, line.clerk, item, day)), `clerks.json roster window ${line.window}`, `clerk ${line.clerk} may do nothing there`);
    }
}

function check_counts(p, demo) {
    const count = count_demo(demo);
    p.need(count.zones === 2, 'hall.json zones', `${count.zones} instead of 2`);
    p.need(count.windows === 16, 'hall.json windows', `${count.windows} instead of 16`);
    p.need(Object.keys(count.modes).length === 3, 'hall.json windows', 'not all three modes occur');
    p.need(count.domains === 9, 'hall.json domains', `${count.domains} instead of 9`);
    p.need(count.items >= 80, 'items.json', `${count.items} items, at least 80 are needed`);
    p.need(count.clerks === 30, 'clerks.json clerks', `${count.clerks} instead of 30`);
    p.need(count.roster === 16, 'clerks.json roster', `${count.roster} instead of 16`);
    p.need(count.untrained === 1, 'clerks.json clerks', `${count.untrained} untrained instead of 1`);
    p.need(count.expired >= 2, 'clerks.json authorisations', 'some must have expired');
    p.need(count.single_item >= 2, 'clerks.json authorisations', 'some must name single items');
    p.need(count.popular === 4, 'items.json popular', `${count.popular} instead of 4`);
    p.need(count.on_the_spot >= 0.4 * count.items, 'items.json case_type', 'fewer than 40 % are on the spot');
    p.need(count.readings >= 20, 'items.json reading', 'fewer than 20 items have a reading');
}

/* Every problem of the demo hall, as "file field: what is wrong". An empty list: all is well. */
export function check_demo(demo) {
    const p = new Problems();
    const known = {
        zones: new Set(demo.hall.zones.map(zone => zone.id)),
        domains: new Set(demo.hall.domains.map(domain => domain.id)),
        windows: new Set(demo.hall.windows.map(window => window.number)),
        items: new Set(demo.items.items.map(item => item.id)),
        clerks: new Set(demo.clerks.clerks.map(clerk => clerk.id)),
    };
    check_hall(p, demo.hall);
    check_windows(p, demo.hall, known);
    check_items(p, demo, known);
    check_clerks(p, demo, known);
    check_calendar(p, demo.calendar, known);
    check_policy(p, demo.hall.policy, demo.policies);
    for (const name of FILES) check_strings(p, demo[name], `${name}.json`);
    check_service(p, demo);
    check_counts(p, demo);
    return p.list;
}

// ---- statistics

const tally = (list, of) => list.reduce((sums, one) => ({ ...sums, [of(one)]: (sums[of(one)] ?? 0) + 1 }), {});

export function count_demo(demo, day = REFERENCE_DAY) {
    const { items } = demo.items;
    const { authorisations } = demo.clerks;
    return {
        zones: demo.hall.zones.length,
        windows: demo.hall.windows.length,
        modes: tally(demo.hall.windows, window => window.mode),
        domains: demo.hall.domains.length,
        priority_kinds: demo.hall.priority_kinds.length,
        items: items.length,
        items_of_domain: Object.fromEntries(demo.hall.domains.map(domain =>
            [domain.name.zh, items.filter(item => item.domain === domain.id).length])),
        on_the_spot: items.filter(item => item.case_type === 'on-the-spot').length,
        bookable: items.filter(item => item.bookable).length,
        needs_identity: items.filter(item => item.needs_identity).length,
        popular: items.filter(item => item.popular).length,
        readings: items.filter(item => item.reading).length,
        materials: items.reduce((sum, item) => sum + (item.guide?.materials?.length ?? 0), 0),
        clerks: demo.clerks.clerks.length,
        untrained: demo.clerks.clerks.filter(clerk => !clerk.trained).length,
        authorisations: authorisations.length,
        expired: authorisations.filter(one => one.valid_to < day).length,
        single_item: authorisations.filter(one => one.scope.items).length,
        roster: demo.clerks.roster.length,
        days: tally(demo.calendar.days, one => `${one.date.slice(0, 4)} ${one.kind}`),
    };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const demo = load_demo();
    console.log(JSON.stringify(count_demo(demo), null, 2));
    const problems = check_demo(demo);
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length > 0 ? 1 : 0;
}
