// Money is integer minor units and an ISO 4217 code; the number of minor digits belongs to the currency.
import { currentLocale } from "../i18n";

/** How many digits a currency has after the point; 2 while its code is still being typed. */
export function decimalsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

export function formatMoney(minor: number, currency: string, locale = currentLocale()): string {
  try {
    const value = minor / 10 ** decimalsOf(currency);
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(value);
  } catch {
    return `${minor} ${currency}`;
  }
}

export const toMajor = (minor: number, currency: string) => minor / 10 ** decimalsOf(currency);
export const toMinor = (major: number, currency: string) => Math.round(major * 10 ** decimalsOf(currency));

export function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf("currency").includes(code);
}
