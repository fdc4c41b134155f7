// Cal.com's own slot computation (npm @calcom/platform-libraries, read where it was unpacked) over the people of
// crates/domain/benches/availability.rs: working hours to ranges, busy time taken away, everybody's intersection, slots.
//
//   node calcom_slots.cjs FOLDER PEOPLExBUSY…     FOLDER holds package/dist and node_modules/dayjs
//
// Prints {"10x1000": {"seconds": median of five, "slots": [seconds since 1970, …]}, …}.
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const DAYS = 30;
const ROUNDS = 5;
const ZONES = ["Europe/Berlin", "Europe/London", "Europe/Helsinki", "Africa/Lagos"];
const BEGIN = Date.parse("2026-03-16T00:00:00Z");

const folder = path.resolve(process.argv[2]);
const load = require("node:module").createRequire(path.join(folder, "package/dist/"));
const ranges = load(fs.readdirSync(path.join(folder, "package/dist")).find((name) => /^date-ranges-.*\.cjs$/.test(name)).replace(/^/, "./"));
const dayjs = load("dayjs");
const { getSlots, aggregated } = slotFunctions();

// The module of slots also opens a database when it is loaded, so the functions between are evaluated by themselves.
function slotFunctions() {
  const text = fs.readFileSync(path.join(folder, "package/dist/slots.cjs"), "utf8");
  const [begin, end] = [text.indexOf("\n", text.lastIndexOf("= require(")) + 1, text.indexOf("const getSlots$1")];
  if (begin < 0 || end < begin) throw new Error("slots.cjs has another shape than that of 0.0.360");
  const index = { SchedulingType: { COLLECTIVE: "COLLECTIVE", ROUND_ROBIN: "ROUND_ROBIN" } };
  const known = { dayjs, process, index, dateRanges: ranges, index$2: { getTimeZone: (date) => date.$x.$timezone } };
  return vm.runInNewContext(`${text.slice(begin, end)}\n({ getSlots, aggregated: getAggregatedAvailability })`, known);
}

// The generator of the Rust bench, so that both see the same busy time.
function people(count, busyEach) {
  let state = 0x9e3779b97f4a7c15n;
  const mask = (1n << 64n) - 1n;
  const next = (below) => {
    state ^= (state << 13n) & mask;
    state ^= state >> 7n;
    state ^= (state << 17n) & mask;
    return Number(state % BigInt(below));
  };
  return Array.from({ length: count }, (_, index) => {
    const busy = Array.from({ length: busyEach }, () => {
      const start = BEGIN + next(DAYS * 288) * 300_000;
      return [start, start + (1 + next(3)) * 300_000];
    });
    return { zone: ZONES[index % ZONES.length], busy };
  });
}

function slotsOf(everybody) {
  const [dateFrom, dateTo] = [dayjs.utc(BEGIN), dayjs.utc(BEGIN + DAYS * 86_400_000)];
  const hours = { days: [1, 2, 3, 4, 5], startTime: new Date(Date.UTC(1970, 0, 1, 8)), endTime: new Date(Date.UTC(1970, 0, 1, 18)) };
  const users = everybody.map(({ zone, busy }) => {
    const open = ranges.buildDateRanges({ availability: [hours], timeZone: zone, dateFrom, dateTo, travelSchedules: [] }).dateRanges;
    const taken = busy.map(([start, end]) => ({ start: dayjs.utc(start), end: dayjs.utc(end) }));
    const dateRanges = ranges.subtract(open, taken);
    return { dateRanges, oooExcludedDateRanges: dateRanges, user: { isFixed: true } };
  });
  const notice = -Math.ceil((Date.now() - BEGIN) / 60_000) - 1_440;
  return getSlots({
    inviteeDate: dateFrom.tz("UTC"),
    frequency: 30,
    eventLength: 30,
    minimumBookingNotice: notice,
    dateRanges: aggregated(users, "COLLECTIVE"),
  });
}

const found = {};
for (const size of process.argv.slice(3)) {
  const everybody = people(...size.split("x").map(Number));
  let slots = slotsOf(everybody);
  const seconds = Array.from({ length: ROUNDS }, () => {
    const begin = process.hrtime.bigint();
    slots = slotsOf(everybody);
    return Number(process.hrtime.bigint() - begin) / 1e9;
  }).sort((a, b) => a - b);
  found[size] = { seconds: seconds[ROUNDS >> 1], slots: slots.map((slot) => slot.time.valueOf() / 1000) };
}
console.log(JSON.stringify(found));
