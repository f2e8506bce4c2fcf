package scheduler

import (
	"context"
	"iter"
	"runtime"
)

// Coroutine is a function that runs on the loop and can be suspended in the middle: what promise.Async is made of. It is
// not a second thread. Exactly one of the loop and its coroutines runs at a time, and a switch costs tens of nanoseconds.
// It is made to be a field of an object that exists anyway; Init makes it ready, and Enqueue starts it.
//
// All its methods belong to the loop's goroutine.
type Coroutine struct {
	// Local is for who made the coroutine. The scheduler does not look at it.
	Local any

	s      *Scheduler
	body   Body
	resume func() (struct{}, bool) // nil until the coroutine has begun
	yield  func(struct{}) bool

	turn  uint64          // counts suspensions: a wake-up for an earlier one is stale
	held  bool            // it is suspended
	probe []uintptr       // room for its callers, if Dump has only resumed it to ask for them
	spins uint8           // calls of Due since the coroutine was resumed
	err   error           // what Suspend is going to return
	ctx   context.Context // of Suspend; nil while it runs
	stop  func() bool     // of what watches ctx; nil while ctx is Run's, which the loop watches
	link  links[Coroutine]
}

// Body is what a coroutine runs. It must not panic.
type Body interface{ Body() }

// Init makes c ready to run body on s.
func (c *Coroutine) Init(s *Scheduler, body Body) { c.s, c.body = s, body }

// NewCoroutine makes a coroutine of fn, which must not panic. It may be called from any goroutine; Run and Resume belong to
// the loop's.
func (s *Scheduler) NewCoroutine(fn func()) *Coroutine {
	c := &Coroutine{}
	c.Init(s, funcBody(fn))
	return c
}

type funcBody func()

func (f funcBody) Body() { f() }

// Current returns the coroutine that is running now, or nil if the caller is an ordinary callback. It may be called from the
// loop's goroutine only.
func (s *Scheduler) Current() *Coroutine {
	if s.parked.Load() {
		panic(wrongGoroutine("Await"))
	}
	return s.current
}

// Run starts the coroutine, and returns when it suspends or ends. Resume goes on from there. The goroutine behind it is made
// here, so that a loop that never runs has none to leak.
func (c *Coroutine) Run() {
	if c.resume == nil {
		c.resume, _ = iter.Pull(c.begin)
	}
	c.run()
}

// begin is the bottom of the coroutine's stack: onStack looks for its name.
func (c *Coroutine) begin(yield func(struct{}) bool) {
	c.yield = yield
	body := c.body
	c.body = nil
	body.Body()
}

func (c *Coroutine) run() {
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

// Next returns the token of the suspension that comes next, to be given to Resume.
func (c *Coroutine) Next() (token uint64) { return c.turn + 1 }

// Suspend gives the loop back to its other jobs until Resume(token, err), and returns that err. The running coroutine calls
// it on itself. It returns context.Cause(ctx) when ctx ends first, the same for Run's ctx, and a *StalledError when Run has
// nothing left that could wake it.
func (c *Coroutine) Suspend(ctx context.Context) error {
	s := c.s
	c.turn++ // even if it returns at once: what was going to wake it may be queued already
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.ctx, c.stop = ctx, nil
	c.watch()
	c.held = true
	s.asleep.add(c)
	c.yield(struct{}{})
	for c.probe != nil {
		c.probe = c.probe[:runtime.Callers(2, c.probe)]
		c.yield(struct{}{})
	}
	err := c.err
	c.err, c.ctx = nil, nil
	if c.stop != nil {
		c.stop()
	}
	return err
}

// watch has c resumed when its ctx ends, unless that is Run's, which the loop watches.
func (c *Coroutine) watch() {
	s, ctx := c.s, c.ctx
	if done := ctx.Done(); done != nil && done != s.ctx.Done() && c.stop == nil {
		token := c.turn
		c.stop = context.AfterFunc(ctx, func() {
			s.post(JobFunc(func() { c.Resume(token, context.Cause(ctx)) }))
		})
	}
}

// Resume lets the coroutine go on whose suspension has this token, with err from its Suspend, and returns when it suspends
// again or ends. If it is not suspended any more, or anew, Resume does nothing.
func (c *Coroutine) Resume(token uint64, err error) {
	if !c.held || c.turn != token {
		return
	}
	c.held = false
	c.spins = 0
	c.err = err
	c.s.asleep.remove(c)
	c.run()
}

func (c *Coroutine) links() *links[Coroutine] { return &c.link }

// wakeAll ends every wait with err: it queues a resumption for each suspended coroutine, and wakes every goroutine that is
// blocked in a Visit.
func (s *Scheduler) wakeAll(err error) {
	s.endVisits(err)
	for c := s.asleep.first; c != nil; c = c.link.next {
		token := c.turn
		s.queue.push(JobFunc(func() { c.Resume(token, err) }))
	}
}
