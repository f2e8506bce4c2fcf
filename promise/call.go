package promise

import (
	"context"
	"errors"

	"github.com/batchtick/batchtick/scheduler"
)

// ErrNoScheduler is what Call returns when its ctx carries no scheduler.
var ErrNoScheduler = errors.New("promise: ctx carries no scheduler: put one into it with scheduler.NewContext, " +
	"or use CallOn")

// Call runs fn on the loop of the scheduler that ctx carries, and blocks until the promise that fn returns is settled: the
// way to loaders for a goroutine of your own, such as a func of scheduler.Group or a GraphQL resolver. If ctx ends first,
// Call returns its cause; if nothing is left that could settle the promise, an error that is scheduler.ErrStalled; and if
// nobody drives the loop meanwhile, scheduler.ErrNotDriven. A panic in fn is returned as a *PanicError. It may be called from
// any goroutine but the loop's, where Await is for that.
//
// A goroutine that is counted as a guest (see scheduler.Announce) is not counted while it is blocked.
func Call[T any](ctx context.Context, fn func() *Promise[T]) (T, error) {
	s, ok := scheduler.FromContext(ctx)
	if !ok {
		var zero T
		return zero, ErrNoScheduler
	}
	return CallOn(ctx, s, fn)
}

// CallOn is Call with the scheduler given. It may be called from any goroutine but the loop's.
func CallOn[T any](ctx context.Context, s *scheduler.Scheduler, fn func() *Promise[T]) (T, error) {
	c := &call[T]{fn: fn, s: must(s)}
	if err := s.Visit(ctx, &c.visit, c); err != nil {
		var zero T
		return zero, err
	}
	return c.value, nil
}

// CallBrief is CallOn for an fn that runs no code but this library's, settles nothing, and calls neither Async nor Await, such
// as one that calls Load: if the loop has nothing to do but wait, the calling goroutine runs fn in its place, which spares
// waking it. dataloader.Get is made of it. It may be called from any goroutine but the loop's.
func CallBrief[T any](ctx context.Context, s *scheduler.Scheduler, fn func() *Promise[T]) (T, error) {
	c := &call[T]{fn: fn, s: must(s)}
	c.visit.Brief = true
	if err := s.Visit(ctx, &c.visit, c); err != nil {
		var zero T
		return zero, err
	}
	return c.value, nil
}

// call is the visit, the visitor, and the reaction to the promise.
type call[T any] struct {
	reaction
	s      *scheduler.Scheduler
	visit  scheduler.Visit
	fn     func() *Promise[T]
	source *Promise[T]
	value  T // written on the loop before the visit ends without an error
}

// Enter implements scheduler.Visitor.
func (c *call[T]) Enter() {
	p := c.fn()
	if p == nil {
		c.visit.Leave(ErrNilPromise)
		return
	}
	c.source = p.local(c.s)
	if c.source.root().state != Pending { // nobody can tell that this was not from the queue
		c.source.handled = true
		c.Run()
		return
	}
	c.source.react(&c.reaction, c)
}

// Run is the reaction.
func (c *call[T]) Run() {
	root := c.source.root()
	if root.state == Fulfilled {
		c.value = root.value
	}
	c.visit.Leave(root.err)
}

// Left implements scheduler.Visitor.
func (c *call[T]) Left() {
	if c.source != nil {
		c.source.forget(&c.reaction)
	}
}
