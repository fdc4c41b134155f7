/** The pattern for time that is not billed: told apart from the solid one without its colour. */
export function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="6" height="6" className="hatch-ground" />
        <rect width="2.5" height="6" className="hatch-line" />
      </pattern>
    </defs>
  );
}
