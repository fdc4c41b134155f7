// Money is integer minor units and an ISO 4217 code; the number of minor digits belongs to the currency.
import { currentLocale } from "../i18n";

const digits = (currency: string) =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

export function formatMoney(minor: number, currency: string, locale = currentLocale()): string {
  try {
    const value = minor / 10 ** digits(currency);
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(value);
  } catch {
    return `${minor} ${currency}`;
  }
}

export const toMajor = (minor: number, currency: string) => minor / 10 ** digits(currency);
export const toMinor = (major: number, currency: string) => Math.round(major * 10 ** digits(currency));

export function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf("currency").includes(code);
}
