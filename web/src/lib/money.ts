// Money is integer minor units and an ISO 4217 code; the number of minor digits belongs to the currency.
import type { Client, Project } from "../api/types";
import { currentLocale } from "../i18n";
// Browsers round some currencies to what people pay with (HUF, COP); the server counts by ISO 4217, and so must this page.
import exponents from "./currencies.json";

const DIGITS = new Map(Object.entries(exponents));

/** How many digits a currency has after the point, as ISO 4217 says; 2 while its code is still being typed. */
export const decimalsOf = (currency: string): number => DIGITS.get(currency.toUpperCase()) ?? 2;

export function formatMoney(minor: number, currency: string, locale = currentLocale()): string {
  const digits = decimalsOf(currency);
  try {
    return new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(minor / 10 ** digits);
  } catch {
    return `${minor} ${currency}`;
  }
}

export const toMajor = (minor: number, currency: string) => minor / 10 ** decimalsOf(currency);
export const toMinor = (major: number, currency: string) => Math.round(major * 10 ** decimalsOf(currency));

export function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf("currency").includes(code);
}

/** In which currency a project's time is billed: its own, else its client's, else the workspace's. */
export function currencyOf(
  project: Pick<Project, "currency" | "client_id">,
  clients: Pick<Client, "id" | "currency">[],
  workspace: { currency: string },
): string {
  const client = clients.find((c) => c.id === project.client_id);
  return project.currency ?? client?.currency ?? workspace.currency;
}
