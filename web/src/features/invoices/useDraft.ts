// A draft saves itself: what is typed goes to the server a moment later, one request after the other, and the server's
// answer is what the page shows.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { actions } from "../../api/actions";
import type { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import type { Invoice, InvoicePatch } from "../../api/types";
import { useAction } from "../../app/useAction";
import { adopted, inputsOf, type Row, rowsOf } from "./lines";

const WAIT_MS = 500;
/** Every write to a draft waits for the one before it. */
export const draftScope = (id: string) => `invoice-${id}`;

interface Write {
  patch: InvoicePatch;
  /** Which rows `patch.lines` was made of. */
  keys: string[];
}

/** Such a write makes the lines of time anew. */
const regroups = (patch: InvoicePatch) => !!patch.grouping || !!patch.rounding;

const byPointer = (error: ApiError) =>
  Object.fromEntries(error.errors.map(({ pointer, detail }) => [pointer, detail]));

export function useDraft(invoice: Invoice) {
  const { id, currency } = invoice;
  const client = useQueryClient();
  const [rows, setRows] = useState(() => rowsOf(invoice));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refused, setRefused] = useState("");
  const [version, setVersion] = useState(0);
  const [dirty, setDirty] = useState(false);
  const waiting = useRef<Write>({ patch: {}, keys: [] });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const known = useRef(invoice.updated_at);

  const write = useAction(({ patch }: Write) => actions.updateInvoice(id, patch), {
    scope: draftScope(id),
    onDone: (out, { patch, keys }) => {
      known.current = out.updated_at;
      client.setQueryData(queries.invoice(id).queryKey, out);
      void client.invalidateQueries({ queryKey: ["invoices", "list"] });
      setErrors({});
      setRefused("");
      if (regroups(patch)) setRows(rowsOf(out));
      else if (patch.lines) setRows((all) => adopted(all, keys, out));
    },
    onFail: (error, { patch, keys }) => {
      // It goes again with the next change, which may be what was missing.
      if (!regroups(patch)) {
        const next = waiting.current;
        waiting.current = { patch: { ...patch, ...next.patch }, keys: next.patch.lines ? next.keys : keys };
      }
      setErrors(byPointer(error));
      setRefused(error.errors.length > 0 ? "" : error.message);
      return true;
    },
  });

  // Somebody else's change, or time taken up anew: the page begins with what is there now.
  useEffect(() => {
    if (invoice.updated_at === known.current) return;
    known.current = invoice.updated_at;
    setRows(rowsOf(invoice));
    setVersion((n) => n + 1);
  }, [invoice]);

  const flush = () => {
    clearTimeout(timer.current);
    const next = waiting.current;
    waiting.current = { patch: {}, keys: [] };
    setDirty(false);
    if (Object.keys(next.patch).length > 0) write.mutate(next);
  };
  const leave = useRef(flush);
  leave.current = flush;
  useEffect(() => () => leave.current(), []);

  const later = (patch: InvoicePatch, keys = waiting.current.keys) => {
    waiting.current = { patch: { ...waiting.current.patch, ...patch }, keys };
    setDirty(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => leave.current(), WAIT_MS);
  };
  const change = (next: Row[]) => {
    setRows(next);
    const lines = inputsOf(next, currency);
    if (lines)
      later(
        { lines },
        next.map((row) => row.key),
      );
  };
  /** Makes the lines of time anew: what was typed until now goes before it. */
  const regroup = (patch: Pick<InvoicePatch, "grouping" | "rounding">) => {
    flush();
    write.mutate({ patch, keys: [] });
  };
  const state: "saving" | "refused" | "saved" =
    write.isPending || dirty ? "saving" : write.isError ? "refused" : "saved";
  return { rows, errors, refused, version, state, change, later, flush, regroup };
}
export type DraftState = ReturnType<typeof useDraft>;
