import { describe, expect, it } from "vitest";
import type { ClientBilling, Invoice, PostalAddress, Tax } from "../src/api/types";
import { daysOf } from "../src/features/billing/reminders";
import { historyOf } from "../src/features/invoices/happenings";
import { shownState } from "../src/features/invoices/InvoiceBadge";
import {
  adopted,
  differentTaxes,
  inputsOf,
  lacksOf,
  moved,
  newRow,
  piecesOf,
  type Row,
  roundedOf,
  rowsOf,
} from "../src/features/invoices/lines";
import { periodOf } from "../src/features/invoices/periods";
import { givesTimeBack, possible } from "../src/features/invoices/steps";
import { lackingOf, placeOf } from "../src/features/invoices/unprintable";
import { numberOf } from "../src/lib/numbering";
import { formatMinutes } from "../src/lib/time";

const VAT: Tax = { name: "VAT", category: "S", rate: "21", reason: null };
const invoice = {
  currency: "EUR",
  lines: [
    {
      id: "a",
      description: "Work",
      unit: "hour",
      quantity: "1.5",
      minutes: 90,
      price_minor: 9550,
      tax: VAT,
      entries_count: 2,
    },
    {
      id: "b",
      description: "Model",
      unit: "item",
      quantity: "2",
      minutes: null,
      price_minor: 18000,
      tax: VAT,
      entries_count: 0,
    },
    {
      id: "c",
      description: "Travel",
      unit: "hour",
      quantity: "0.5",
      minutes: 30,
      price_minor: 4000,
      tax: VAT,
      entries_count: 0,
    },
  ],
} as Invoice;
const whole = (row: Partial<Row>): Row => ({ ...newRow("k"), description: "x", price: 1, ...row });

describe("a draft's lines", () => {
  it("are shown as people write them", () => {
    expect(rowsOf(invoice).map((r) => [r.fromTime, r.unit, r.quantity, r.price])).toEqual([
      [true, "hour", "1:30", 95.5],
      [false, "item", "2", 180],
      [false, "hour", "0:30", 40],
    ]);
  });
  it("go to the server as they are, with the amount of time left to its entries", () => {
    expect(inputsOf(rowsOf(invoice), "EUR")).toEqual([
      { line: "a", description: "Work", price_minor: 9550 },
      { line: "b", description: "Model", price_minor: 18000, unit: "item", quantity: "2" },
      { line: "c", description: "Travel", price_minor: 4000, unit: "hour", duration: "0:30" },
    ]);
  });
  it("send hours as they were typed, for the server to read as everywhere else", () => {
    for (const typed of ["2h 30m", "90m", "1,5", " 1:30 ", "-45m"]) {
      const row = whole({ unit: "hour", quantity: typed });
      expect(lacksOf(row), typed).toEqual([]);
      expect(inputsOf([row], "EUR")?.[0]).toMatchObject({ unit: "hour", duration: typed.trim() });
    }
  });
  it("say what was recorded and what of it is billed, for lines that are made of time", () => {
    const lines = [
      { minutes: 480, recorded_minutes: 460 },
      { minutes: 60, recorded_minutes: 61 },
      { minutes: 90, recorded_minutes: null },
      { minutes: null, recorded_minutes: null },
    ];
    expect(roundedOf(lines)).toEqual({ recorded: 521, billed: 540 });
    expect(roundedOf(lines.slice(2))).toBeUndefined();
    expect([460, 0, -15, -90.2, -0.2].map(formatMinutes)).toEqual(["7:40", "0:00", "-0:15", "-1:30", "0:00"]);
  });
  it("are sent all together or not at all", () => {
    expect(inputsOf([...rowsOf(invoice), newRow("new")], "EUR")).toBeUndefined();
    expect(inputsOf([], "EUR")).toEqual([]);
  });
  it("say what they lack", () => {
    expect(lacksOf(newRow("k"))).toEqual(["description", "price"]);
    expect(lacksOf(whole({ quantity: "two" }))).toEqual(["quantity"]);
    expect(lacksOf(whole({ unit: "hour", quantity: "half" }))).toEqual(["quantity"]);
    expect(lacksOf(whole({ fromTime: true, quantity: "" }))).toEqual([]);
    expect(lacksOf(whole({ price: "abc" }))).toEqual(["price"]);
    expect(lacksOf(whole({ price: 0 }))).toEqual([]);
  });
  it("take the ids the server gave them, also when another line came meanwhile", () => {
    const rows = [{ ...newRow("n1") }, { ...newRow("late") }, whole({ key: "b", line: "b" })];
    const saved = { lines: [{ id: "srv-1" }, { id: "b" }] } as Invoice;
    expect(adopted(rows, ["n1", "b"], saved).map((r) => r.line)).toEqual(["srv-1", null, "b"]);
  });
  it("move one place, and not beyond the ends", () => {
    const rows = rowsOf(invoice);
    const keys = (all: Row[]) => all.map((r) => r.key).join("");
    expect(keys(moved(rows, "a", 1))).toBe("bac");
    expect(keys(moved(rows, "c", -1))).toBe("acb");
    expect(keys(moved(rows, "a", -1))).toBe("abc");
    expect(keys(moved(rows, "c", 1))).toBe("abc");
  });
  it("name each tax once", () => {
    const zero: Tax = { name: "VAT", category: "Z", rate: "0", reason: null };
    expect(differentTaxes([VAT, zero, { ...VAT }, zero])).toEqual([VAT, zero]);
  });
});

describe("pieces", () => {
  it("are read as people type them", () => {
    expect(["2", "-1", "0,125", "1.5"].map(piecesOf)).toEqual(["2", "-1", "0.125", "1.5"]);
    for (const text of ["", "1:30", "--1", "1.2345", "two"]) expect(piecesOf(text), text).toBeUndefined();
  });
});

describe("an invoice", () => {
  const at = (status: Invoice["status"], more: Partial<Invoice> = {}) =>
    ({
      status,
      kind: "invoice",
      paid_minor: 0,
      credited_minor: 0,
      open_minor: 100,
      overdue: false,
      ...more,
    }) as Invoice;
  const steps = (one: Invoice) =>
    Object.entries(possible(one))
      .filter(([, can]) => can)
      .map(([step]) => step)
      .join(" ");
  it("takes the steps that its state allows", () => {
    expect(steps(at("draft"))).toBe("finalize refresh remove");
    expect(steps(at("draft", { kind: "credit_note" }))).toBe("finalize remove");
    expect(steps(at("finalized"))).toBe("send pay credit cancel");
    expect(steps(at("sent", { paid_minor: 50 }))).toBe("send pay credit");
    expect(steps(at("sent", { kind: "credit_note" }))).toBe("send cancel");
    expect(steps(at("paid", { paid_minor: 100 }))).toBe("credit");
    expect(steps(at("void"))).toBe("");
  });
  it("is overdue or partly paid to people, though not to the server", () => {
    expect(shownState(at("sent", { overdue: true, paid_minor: 50 }))).toBe("overdue");
    expect(shownState(at("sent", { paid_minor: 50 }))).toBe("partly");
    expect(shownState(at("paid", { paid_minor: 100, open_minor: 0 }))).toBe("paid");
  });
  it("tells its history, the newest first", () => {
    const told = historyOf({
      created_at: "2026-11-01T08:00:00Z",
      finalized_at: "2026-11-02T08:00:00Z",
      overdue_at: null,
      deliveries: [
        { id: "m1", created_at: "2026-11-02T09:00:00Z" },
        { id: "m2", created_at: "2026-11-15T09:00:00Z" },
      ] as Invoice["deliveries"],
      paid_at: "2026-11-20T10:00:00Z",
      voided_at: null,
      payments: [
        { id: "p1", amount_minor: 50, paid_on: "2026-11-10", note: null },
        { id: "p2", amount_minor: 50, paid_on: "2026-11-20", note: null },
      ],
    });
    expect(told.map((one) => one.key)).toEqual(["paid", "p2", "m2", "p1", "m1", "finalized", "drafted"]);
  });
});

describe("a period", () => {
  it("is whole months, also over the new year", () => {
    expect(periodOf("lastMonth", "2026-01-15")).toEqual(["2025-12-01", "2025-12-31"]);
    expect(periodOf("thisMonth", "2028-02-29")).toEqual(["2028-02-01", "2028-02-29"]);
    expect(periodOf("lastQuarter", "2026-02-01")).toEqual(["2025-10-01", "2025-12-31"]);
    expect(periodOf("lastQuarter", "2026-11-28")).toEqual(["2026-07-01", "2026-09-30"]);
  });
});

describe("reminders", () => {
  it("are days, in order and each once", () => {
    expect(daysOf("14, 3;30 3")).toEqual([3, 14, 30]);
    expect(daysOf("  ")).toEqual([]);
  });
  it("are refused when they are none", () => {
    for (const bad of ["0", "366", "-3", "1.5", "soon", "1 2 3 4 5 6 7 8 9 10 11"])
      expect(daysOf(bad), bad).toBeUndefined();
  });
});

describe("a number pattern", () => {
  it("makes the numbers that the server makes", () => {
    expect(numberOf("{YYYY}-{NNNN}", "2026-11-05", 7)).toBe("2026-0007");
    expect(numberOf("RE{YY}{MM}/{N}", "2026-11-05", 7)).toBe("RE2611/7");
    expect(numberOf("{NNN}-{YYYY}", "2026-11-05", 1234)).toBe("1234-2026");
  });
  it("makes none without exactly one counter", () => {
    for (const bad of [
      "",
      "{YYYY}",
      "{N}{N}",
      "{DD}-{N}",
      "x{N",
      "}{N}",
      " {N}-",
      "{NNNNNNNNNNNNN}",
      "{N".repeat(9),
    ])
      expect(numberOf(bad, "2026-11-05", 1), bad).toBeUndefined();
  });
});

describe("letters that cannot be printed", () => {
  const detail =
    '2 of its texts have letters that no font of this server has, and would be printed without them: write them in other letters, ask whoever runs the server to add a font (DAYBOOK_FONTS_DIR), or send accept_unprintable: true They are: "株式会社 (東京)" (京東株); "Say "你好"" (你好).';
  it("are read from what the server says", () => {
    expect(lackingOf(detail)).toEqual([
      { text: "株式会社 (東京)", letters: "京東株" },
      { text: 'Say "你好"', letters: "你好" },
    ]);
    expect(lackingOf("Something else.")).toEqual([]);
  });
  it("are found where they are written", () => {
    const draft = {
      ...invoice,
      client_name: "Tokyo",
      reference: null,
      notes: "谢谢",
      payment_terms: null,
    } as Invoice;
    const address = { line1: "東京 1", city: "" } as PostalAddress;
    const client = { legal_name: "株式会社", address } as ClientBilling;
    const seller = { legal_name: "Bürö", address: {} as PostalAddress, bank_name: "銀行" };
    const at = (text: string) => placeOf(text, draft, seller, client);
    expect(at("株式会社")).toEqual({ at: "client" });
    expect(at("東京 1")).toEqual({ at: "client" });
    expect(at("銀行")).toEqual({ at: "seller" });
    expect(at("谢谢")).toEqual({ at: "draft" });
    expect(at("Mod")).toEqual({ at: "line", n: 2 });
    expect(at("王")).toEqual({ at: "time" });
    expect(placeOf("株式会社", draft)).toEqual({ at: "time" });
  });
});

describe("a credit note", () => {
  const original = { ...invoice, total_minor: 1000, credited_minor: 200 } as Invoice;
  const note = (total_minor: number, kind = "credit_note") => ({ kind, total_minor }) as Invoice;
  it("gives time back only when it leaves nothing of an invoice that has some", () => {
    expect(givesTimeBack(note(800), original)).toBe(true);
    expect(givesTimeBack(note(700), original)).toBe(false);
    expect(givesTimeBack(note(800, "invoice"), original)).toBe(false);
    expect(givesTimeBack(note(800), undefined)).toBe(false);
    expect(givesTimeBack(note(800), { ...original, lines: original.lines.slice(1) })).toBe(false);
  });
});
