import {
  Component,
  type ComponentChildren,
  type ComponentClass,
  type RenderableProps,
} from "preact";

/** A component that is drawn again only when one of its properties is another one. */
export function memo<P extends object>(render: (props: P) => ComponentChildren): ComponentClass<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !sameProps(this.props, next);
    }

    render(props: RenderableProps<P>): ComponentChildren {
      return render(props);
    }
  };
}

function sameProps(a: object, b: object): boolean {
  const [before, after] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    before.length === after.size &&
    before.every(([name, value]: [string, unknown]) => Object.is(value, after.get(name)))
  );
}
