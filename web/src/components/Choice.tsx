import { NativeSelect, SegmentedControl } from "@mantine/core";

interface Props<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** One of a few: side by side where there is room for the words, a list on small screens. */
export function Choice<T extends string>({ label, value, options, onChange }: Props<T>) {
  const choose = (text: string) => {
    const chosen = options.find((option) => option.value === text);
    if (chosen) onChange(chosen.value);
  };
  return (
    <>
      <SegmentedControl
        visibleFrom="sm"
        className="selfstart"
        aria-label={label}
        value={value}
        data={options}
        onChange={choose}
      />
      <NativeSelect
        hiddenFrom="sm"
        label={label}
        value={value}
        data={options}
        onChange={(e) => choose(e.currentTarget.value)}
      />
    </>
  );
}
