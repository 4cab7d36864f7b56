/** Renders a component again only when one of its properties is another one. */
import { Component, type FunctionComponent, type ComponentClass, type JSX } from 'preact';

export function memo<P extends object>(Inner: FunctionComponent<P>): ComponentClass<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const before = this.props as P;
      return (Object.keys(next) as (keyof P)[]).some((name) => next[name] !== before[name]);
    }

    override render(): JSX.Element {
      return <Inner {...(this.props as P)} />;
    }
  };
}
