package scheduler

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Group runs funcs in goroutines that are guests: x/sync's errgroup, but for the batches. What they load by promise.Call or
// dataloader.Get goes out when each of them is blocked in such a call or has ended, never before. So they must not wait for
// each other in another way while one of them loads, by a mutex or a sync.Once around the load for instance: that lasts until
// ctx ends, or as WithPatience says.
type Group struct {
	s      *Scheduler
	outer  context.Context
	ctx    context.Context // what the guests' own come from
	cancel context.CancelCauseFunc
	owner  *slot // of the guest that made the group; nil if that is the loop's goroutine
	limit  *limit

	unwatch func() bool // keeps endCalls from being called when ctx ends
	over    atomic.Bool // ctx has ended

	mu     sync.Mutex
	active int                 // guarded by mu
	guests list[guest, *guest] // guarded by mu; the active ones, and those whose ctx somebody else still waits with
	err    error               // guarded by mu; the first
	ended  *latch              // guarded by mu; a guest waits for the group
	asleep *Coroutine          // guarded by mu; an Async function waits for the group
	token  uint64              // guarded by mu; of its suspension
	all    sync.WaitGroup
}

// NewGroup makes a group for the scheduler that ctx carries (see NewContext). It may be called on the loop's goroutine, or
// by a guest with its own ctx; Wait by the same. It panics if ctx carries no scheduler.
func NewGroup(ctx context.Context) *Group {
	s, ok := FromContext(ctx)
	if !ok {
		panic("scheduler: NewGroup: ctx carries no scheduler; put one into it with scheduler.NewContext")
	}
	g := &Group{s: s, outer: ctx, owner: s.slotOf(ctx)}
	inner, cancel := context.WithCancelCause(NewContext(ctx, s))
	g.cancel, g.ctx = cancel, inner
	g.unwatch = context.AfterFunc(inner, g.endCalls)
	return g
}

// covers reports whether ctx ends with the group's and never before. Then the group ends the calls of its guests, each of
// which would else wait for the end of ctx too, all at one channel: that was a third of what a call cost.
func (g *Group) covers(ctx context.Context) bool { return g.ctx.Done() == ctx.Done() }

// endCalls is called when ctx has ended.
func (g *Group) endCalls() {
	g.over.Store(true) // before it looks: who is not seen waiting yet looks at over
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := g.guests.first; c != nil; c = c.link.next {
		if v := c.slot.waiting.Load(); v != nil {
			v.cancel(context.Cause(g.ctx))
		}
	}
}

// SetLimit lets at most n funcs of the group run at a time; a negative n means no limit. One that is blocked in
// promise.Call gives its place to another until it is woken, so a limit changes no batch. When the ctx of a call ends, its
// func goes on without a place, since who has that may be waiting for it. SetLimit may be called by who made the group, before
// Go: it panics while funcs are active, as errgroup's does, and for 0, with which no func could run.
func (g *Group) SetLimit(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.active > 0 {
		panic(fmt.Sprintf("scheduler: Group.SetLimit(%d) while %d funcs are active: set the limit before Go", n, g.active))
	}
	switch {
	case n == 0:
		panic("scheduler: Group.SetLimit(0): no func could ever run; a negative limit means none")
	case n < 0:
		g.limit = nil
	default:
		g.limit = &limit{free: n}
	}
}

// Go runs f in a goroutine of its own. It never blocks, so a func may start others whatever the limit is: beyond the limit
// they begin when another func has ended or is blocked in promise.Call. The blocking calls of f must have the ctx that f is
// given, or one derived from it; others return ErrGuestContext. The first error ends ctx for all, with that error as its
// cause; a batch in flight goes on, since its ctx is that of NewGroup. A panic in f becomes a *PanicError, runtime.Goexit
// ErrGoexit. It may be called by who made the group, and by its funcs.
func (g *Group) Go(f func(ctx context.Context) error) {
	if g.s == nil {
		panic(zeroGroup)
	}
	g.mu.Lock()
	c := &guest{Context: g.ctx, slot: slot{s: g.s, limit: g.limit, group: g}, f: f}
	g.active++
	g.guests.add(c)
	g.mu.Unlock()
	g.all.Add(1)
	c.slot.limit.admit(g.s, c)
}

// guest is a func of a Group, and the ctx that it is given.
type guest struct {
	context.Context
	slot slot
	f    func(ctx context.Context) error
	link links[guest] // guarded by the Group's mu
}

func (c *guest) links() *links[guest] { return &c.link }

// Value implements context.Context.
func (c *guest) Value(key any) any {
	if key == (guestKey{}) {
		return &c.slot
	}
	return c.Context.Value(key)
}

// start implements starter.
func (c *guest) start() { go c.run() }

// hurried implements starter.
func (c *guest) hurried() *bool { return nil }

// run is the guest's goroutine.
func (c *guest) run() {
	err := ErrGoexit
	defer func() {
		if r := recover(); r != nil {
			err = NewPanicError(r)
		}
		c.slot.group.end(c, err)
	}()
	err = c.f(c)
}

// end is the end of a guest. Who waits for the last one is counted, or called, before that one stops counting.
func (g *Group) end(c *guest, err error) {
	g.mu.Lock()
	if err != nil && g.err == nil {
		g.err = err
		g.cancel(err)
	}
	c.slot.ended.Store(true) // before the look at blocked: a Visit marks that, and then looks at ended
	if !c.slot.blocked.Load() {
		g.guests.remove(c)
	}
	g.active--
	if g.active == 0 {
		if g.ended != nil {
			g.owner.limit.admit(g.s, g.ended)
			g.ended = nil
		}
		if asleep, token := g.asleep, g.token; asleep != nil {
			g.s.post(JobFunc(func() { asleep.Resume(token, nil) }))
		} else if g.owner == nil {
			g.s.post(JobFunc(func() {})) // RunUntil looks at its condition again
		}
	}
	g.mu.Unlock()
	c.slot.limit.leave(g.s)
	g.s.Retire(1)
	g.all.Done()
}

// Wait waits until every func of the group has returned, and returns the first error, or else the cause if ctx has ended. On
// the loop's goroutine it drives the loop meanwhile, or suspends the Async function that it is called in, as promise.Await
// does; a guest only blocks, and does not count.
func (g *Group) Wait() error {
	if g.s == nil {
		panic(zeroGroup)
	}
	ended := false
	defer func() {
		if !ended { // a callback has called runtime.Goexit, or panicked
			g.cancel(ErrGoexit)
		}
	}()
	var err error
	if g.owner != nil {
		g.block()
	} else if err = g.await(g.outer); err != nil {
		g.cancel(err)
		for !g.idle() && g.await(context.WithoutCancel(g.outer)) == nil {
			// a func may load for its clean-up, with a ctx that has not ended
		}
	}
	g.all.Wait()
	ended = true
	watched := g.unwatch()
	g.cancel(context.Canceled)
	if watched {
		g.endCalls()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.err != nil:
		return g.err
	case err == nil && g.outer.Err() != nil:
		return context.Cause(g.outer)
	}
	return err
}

// await waits on the loop's goroutine: it drives the loop, or suspends the Async function that it is called by.
func (g *Group) await(ctx context.Context) error {
	c := g.s.Current()
	if c == nil {
		return g.s.RunUntil(ctx, g.idle)
	}
	for {
		g.mu.Lock()
		active := g.active
		g.asleep, g.token = c, c.Next()
		g.mu.Unlock()
		if active == 0 {
			return nil
		}
		if err := c.Suspend(ctx); err != nil {
			return err
		}
	}
}

func (g *Group) idle() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.active == 0
}

// block waits as a guest.
func (g *Group) block() {
	g.mu.Lock()
	if g.active == 0 {
		g.mu.Unlock()
		return
	}
	ended := &latch{opened: make(chan struct{})}
	g.ended = ended
	g.mu.Unlock()
	g.owner.limit.leave(g.s)
	g.s.Retire(1)
	select {
	case <-ended.opened:
	case <-g.outer.Done():
		g.owner.limit.hurry(g.s, ended)
		<-ended.opened
	}
}

// latch is a guest that waits for a group.
type latch struct {
	opened chan struct{}
	hurry  bool // guarded by the mu of the guest's limit
}

// start implements starter.
func (l *latch) start() { close(l.opened) }

// hurried implements starter.
func (l *latch) hurried() *bool { return &l.hurry }

const zeroGroup = "scheduler: a zero Group has no scheduler to load on: make one with NewGroup"
