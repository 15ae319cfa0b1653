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

/** Each of a thousand cards may ask this at each change: nothing is made for it. */
function sameProps<P extends object>(a: Readonly<P>, b: Readonly<P>): boolean {
  for (const name in a) {
    if (!Object.is(a[name], b[name])) {
      return false;
    }
  }
  for (const name in b) {
    if (!(name in a)) {
      return false;
    }
  }
  return true;
}
