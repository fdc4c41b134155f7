import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatMinutes } from "../../../lib/time";

interface Props {
  label: string;
  /** What is there now; 0 shows as nothing. */
  minutes: number;
  disabled?: boolean;
  busy?: boolean;
  /** The server refused what was typed. */
  wrong?: boolean;
  /** What somebody typed, as they typed it: the server reads durations. */
  onCommit: (text: string) => void;
}

/** A duration to be typed: Enter or leaving it saves, Escape takes it back. */
export function DurationInput({ label, minutes, disabled, busy, wrong, onCommit }: Props) {
  const there = minutes > 0 ? formatMinutes(minutes) : "";
  const [text, setText] = useState(there);
  useEffect(() => setText(there), [there]);
  const commit = () => {
    if (text.trim() !== there) onCommit(text.trim());
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
      onChange={(e) => setText(e.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(e) => {
        if (e.key === "Enter") commit();
        if (e.key === "Escape") setText(there);
      }}
    />
  );
}
