import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { formatMinutes } from "../../../lib/time";

interface Props {
  label: string;
  /** What is there now; 0 shows as nothing. */
  minutes: number;
  /** Changes whenever what is there was written anew, also with the same length. */
  stamp?: string;
  disabled?: boolean;
  busy?: boolean;
  /** The server refused what was typed. */
  wrong?: boolean;
  /** What somebody typed, as they typed it: the server reads durations. */
  onCommit: (text: string) => void;
}

/** A duration to be typed: Enter or leaving it saves, Escape takes it back. */
export function DurationInput({ label, minutes, stamp, disabled, busy, wrong, onCommit }: Props) {
  const there = minutes > 0 ? formatMinutes(minutes) : "";
  const [text, setText] = useState(there);
  // Enter and leaving the field say the same thing: it is sent once.
  const sent = useRef<string | null>(null);
  const show = (next: string) => {
    sent.current = null;
    setText(next);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed gives way to what was written, also when the two are as long.
  useEffect(() => show(there), [there, stamp]);
  const commit = () => {
    const said = text.trim();
    if (said === there || said === sent.current) return;
    sent.current = said;
    onCommit(said);
  };
  return (
    <TextInput
      className="duration"
      aria-label={label}
      value={text}
      error={wrong && text.trim() !== there}
      disabled={disabled}
      readOnly={busy}
      placeholder={disabled ? "" : "–"}
      onChange={(e) => show(e.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(e) => {
        if (e.key === "Escape") show(there);
        if (e.key !== "Enter") return;
        // Once more after a refusal: it may have been the network.
        if (wrong) sent.current = null;
        commit();
      }}
    />
  );
}
