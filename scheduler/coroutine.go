package scheduler

import (
	"context"
	"iter"
)

// Coroutine is a function that runs on the loop and can be suspended in the middle: what promise.Async is made of. It is
// not a second thread. Exactly one of the loop and its coroutines runs at a time, and a switch costs tens of nanoseconds.
//
// All its methods belong to the loop's goroutine.
type Coroutine struct {
	s      *Scheduler
	resume func() (struct{}, bool)
	yield  func(struct{}) bool

	waiting any   // what the coroutine is suspended on; nil while it runs. A wake-up for anything else is stale.
	err     error // what Suspend is going to return
	link    links[Coroutine]
	spins   uint8 // calls of Due since the coroutine was resumed
}

// NewCoroutine makes a coroutine of fn. Enqueue it to start it. fn must not panic; what it may do is Suspend.
//
//go:noinline // insideLoop looks for its name
func (s *Scheduler) NewCoroutine(fn func()) *Coroutine {
	c := &Coroutine{s: s}
	c.resume, _ = iter.Pull(func(yield func(struct{}) bool) {
		c.yield = yield
		fn()
	})
	return c
}

// Current returns the coroutine that is running now, or nil if the caller is an ordinary callback.
func (s *Scheduler) Current() *Coroutine {
	if s.parked.Load() {
		panic(wrongGoroutine("Await"))
	}
	return s.current
}

// Run starts the coroutine, and returns when it suspends or ends. Resume goes on from there.
func (c *Coroutine) Run() {
	s := c.s
	outer := s.current
	s.current = c
	c.resume()
	s.current = outer
}

// Due reports, on every drainSlice-th call since the coroutine was resumed, that it has been running for long without
// suspending and should let others run. Who waits for something that is there already asks.
func (c *Coroutine) Due() bool {
	c.spins++
	return c.spins >= drainSlice
}

// Suspend gives the loop back to its other jobs until Resume(token, err), and returns that err. The running coroutine calls
// it on itself. token is a pointer that is used for this one suspension, so that a late Resume can be told from a good
// one. Suspend returns context.Cause(ctx) when ctx ends first, the same for Run's ctx, and a *StalledError when Run has
// nothing left that could wake it.
func (c *Coroutine) Suspend(ctx context.Context, token any) error {
	s := c.s
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if done := ctx.Done(); done != nil && done != s.ctx.Done() { // Run's own ctx is watched by the loop already
		stop := context.AfterFunc(ctx, func() {
			s.post(JobFunc(func() { c.Resume(token, context.Cause(ctx)) }))
		})
		defer stop()
	}
	c.waiting = token
	s.asleep.add(c)
	c.yield(struct{}{})
	err := c.err
	c.err = nil
	return err
}

// Resume lets the coroutine that is suspended on token go on, with err from its Suspend, and returns when it suspends
// again or ends. If it is not suspended on token, Resume does nothing.
func (c *Coroutine) Resume(token any, err error) {
	if c.waiting != token {
		return
	}
	c.waiting = nil
	c.spins = 0
	c.err = err
	c.s.asleep.remove(c)
	c.Run()
}

func (c *Coroutine) links() *links[Coroutine] { return &c.link }

// wakeAll queues a resumption with err for every suspended coroutine.
func (s *Scheduler) wakeAll(err error) {
	for c := s.asleep.first; c != nil; c = c.link.next {
		token := c.waiting
		s.queue.push(JobFunc(func() { c.Resume(token, err) }))
	}
}
