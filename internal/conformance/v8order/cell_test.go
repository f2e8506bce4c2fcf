package v8order_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/batchtick/batchtick/promise"
)

// cell is a promise of any type.
type cell interface {
	react(w *world, s *statement)
	await(w *world) (outcome string, err error, settled bool)
	outcome() string
}

type typed[T any] struct{ p *promise.Promise[T] }

func put[T any](w *world, s *statement, p *promise.Promise[T]) { w.cells[s.Site] = typed[T]{p} }

// react registers the callback of s, or passes without one.
func (c typed[T]) react(w *world, s *statement) {
	if s.Callback != nil {
		w.registered[s.On[0]] = append(w.registered[s.On[0]], s.ID)
	}
	switch s.Op {
	case "map":
		put(w, s, promise.Map(c.p, func(v T) (int, error) { return w.valued(s, input(v, nil)) }))
	case "then":
		put(w, s, promise.Then(c.p, func(v T) *promise.Promise[int] { return w.promised(s, input(v, nil)) }))
	case "handle":
		put(w, s, promise.Handle(c.p, func(v T, err error) *promise.Promise[int] { return w.promised(s, input(v, err)) }))
	case "recover":
		put(w, s, w.number(s.On[0]).Recover(func(err error) (int, error) { return w.valued(s, input(0, err)) }))
	case "catch":
		put(w, s, w.number(s.On[0]).Catch(func(err error) *promise.Promise[int] { return w.promised(s, input(0, err)) }))
	case "finally":
		put(w, s, priceFinally(w, s, c.p.Finally(func() { _, _ = w.valued(s, "-") })))
	case "tap":
		put(w, s, c.p.Tap(func(v T) { _, _ = w.valued(s, input(v, nil)) }))
	case "done":
		c.p.Done(
			func(v T) { _, _ = w.valued(s, input(v, nil)) },
			func(err error) { _, _ = w.valued(s, input(0, err)) },
		)
	case "pass":
		put(w, s, promise.Then[T, T](c.p, nil))
	case "passCatch":
		put(w, s, c.p.Catch(nil))
	case "passFinally":
		put(w, s, c.p.Finally(nil))
	default:
		panic("op " + s.Op)
	}
}

// await waits for c in an async function. settled is false if the end of the program has cut the wait short.
func (c typed[T]) await(w *world) (outcome string, err error, settled bool) {
	if c.p.State() != promise.Pending {
		w.priceAwait()
	}
	v, err := c.p.Await(context.Background())
	return input(v, err), err, c.p.State() != promise.Pending
}

// await is the statement. Its error ends the async function.
func (w *world) await(s *statement) error {
	outcome, err, settled := w.cells[s.On[0]].await(w)
	if !settled {
		return err
	}
	w.log(s, outcome)
	if s.Rethrow {
		return err
	}
	return nil
}

func (c typed[T]) outcome() string {
	v, err, settled := c.p.Result()
	if !settled {
		return "p"
	}
	return input(v, err)
}

// input is what a callback is given, and how a promise has ended.
func input(v any, err error) string {
	if err != nil {
		return "r" + reason(err)
	}
	return "f" + show(v)
}

func show(v any) string {
	switch v := v.(type) {
	case []promise.Result[int]:
		var texts []string
		for _, r := range v {
			texts = append(texts, input(r.Value, r.Err))
		}
		return "[" + strings.Join(texts, " ") + "]"
	default:
		return fmt.Sprint(v) // a number, or [1 2]
	}
}

func reason(err error) string {
	var code coded
	aggregate, several := err.(*promise.AggregateError)
	switch {
	case several:
		var texts []string
		for _, err := range aggregate.Errors {
			texts = append(texts, reason(err))
		}
		return "A[" + strings.Join(texts, " ") + "]"
	case errors.Is(err, promise.ErrCycle):
		return "cycle"
	case errors.As(err, &code):
		return code.Error()
	default:
		return "unexpected: " + err.Error()
	}
}
