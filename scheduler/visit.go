package scheduler

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Visitor is what a goroutine has done on the loop while it is blocked. Both methods are called on the loop.
type Visitor interface {
	Enter() // begins the work; sooner or later that calls Visit.Leave
	Left()  // says that the visit has ended, by Leave or before it: what still waits may be dropped
}

// Visit is one call of a goroutine that is not the loop's. It is used once, and must not be copied.
type Visit struct {
	// Brief says that Enter runs no code but this library's: it starts no coroutine and waits for nothing. While the loop
	// only waits for something else, the caller may then enter in its place, which spares waking it for each call.
	Brief bool

	s       *Scheduler
	visitor Visitor
	slot    *slot
	lent    bool         // the caller is an operation that Lockstep waits for
	away    bool         // the caller is blocked, or about to be
	held    bool         // the loop's alone: it is in s.visits
	link    links[Visit] // the loop's alone

	// The caller waits for one of these to say that the visit has ended.

	covered bool           // the Group ends the visit with the caller's ctx
	woken   sync.WaitGroup // if covered
	done    chan struct{}  // if not; has room for one

	hurry bool // guarded by slot.limit.mu

	over atomic.Bool // it has been decided who ends the visit
	err  error       // written by that one, before the caller is woken
}

// Visit runs visitor.Enter on the loop and blocks until v.Leave is called there, and returns what that was given; or, if it
// comes first, context.Cause(ctx), the cause of the end of Run's ctx, or a *StalledError when nothing is left that could
// lead to Leave. Somebody must drive the loop meanwhile; after Close it returns ErrClosed at once. If ctx is that of a guest,
// the guest is not counted while it is blocked. It may be called from any goroutine but the loop's.
func (s *Scheduler) Visit(ctx context.Context, v *Visit, visitor Visitor) error {
	if ctx == nil {
		panic(nilContext)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	v.s, v.visitor, v.slot = s, visitor, s.slotOf(ctx)
	alone, err := v.check()
	if err != nil {
		return err
	}
	v.covered = alone && !v.slot.ended.Load() && v.slot.group.covers(ctx)
	err = v.visit(ctx)
	if alone {
		v.slot.blocked.Store(false)
	}
	if err != nil && ctx.Err() != nil && errors.Is(err, ErrStalled) {
		return context.Cause(ctx) // which is why nothing was left
	}
	return err
}

func (v *Visit) visit(ctx context.Context) error {
	s := v.s
	s.host()
	if !v.Brief || !s.stepIn(v) {
		v.depart()
		if !s.postOpen((*visiting)(v)) { // before the guest stops counting: a tick that ends without it would be too early
			if v.lent {
				s.lent.Add(-1)
			}
			return ErrClosed
		}
	} else if !v.away {
		return v.err // it is over already
	}
	if v.slot != nil {
		v.slot.limit.leave(s)
		s.Retire(1)
	} else if !s.busy() {
		s.look()
	}
	if !v.covered {
		v.wait(ctx)
		return v.err
	}
	v.slot.waiting.Store(v)
	if v.slot.group.over.Load() { // it may have ended before it could know of v
		v.cancel(context.Cause(ctx))
	}
	v.woken.Wait()
	v.slot.waiting.Store(nil)
	return v.err
}

// check refuses a call that would wait for itself. alone is whether the slot is known to be the caller's, and is marked as
// blocked.
func (v *Visit) check() (alone bool, err error) {
	if v.slot != nil && v.slot.group != nil && v.slot.blocked.CompareAndSwap(false, true) {
		return true, nil
	}
	if v.s.Driven() && !v.s.parked.Load() && onStack(loopFrames...) {
		panic("scheduler: a blocking call on the loop's own goroutine would wait for itself: use Await there")
	}
	if v.slot == nil && v.s.busy() && onStack(guestFrame) {
		return false, ErrGuestContext
	}
	v.lent = v.slot == nil && v.s.policy == Lockstep && onStack(operationFrame)
	return false, nil
}

// depart is called before the caller can be seen to be blocked. From here on, who ends the visit counts the guest again.
func (v *Visit) depart() {
	v.away = true
	if v.lent {
		v.s.lent.Add(1)
	}
	if !v.covered {
		v.done = make(chan struct{}, 1) // and none from a pool, which a test's synctest bubble would take for foreign
	} else {
		v.woken.Add(1)
	}
}

// wake is called by who has ended the visit. The guest counts again before anybody can see it awake.
func (v *Visit) wake() {
	if v.lent {
		v.s.lent.Add(-1)
	}
	if v.slot == nil {
		v.start()
	} else {
		v.slot.limit.admit(v.s, v)
	}
}

// hurried implements starter.
func (v *Visit) hurried() *bool { return &v.hurry }

// start implements starter.
func (v *Visit) start() {
	if !v.covered {
		v.done <- struct{}{}
	} else {
		v.woken.Done()
	}
}

// wait waits until the visit has ended, or ends it.
func (v *Visit) wait(ctx context.Context) {
	var due <-chan time.Time
	if !v.s.Driven() {
		timer := time.NewTicker(undrivenPatience)
		defer timer.Stop()
		due = timer.C
	}
	for {
		select {
		case <-v.done:
			return
		case <-ctx.Done():
			v.cancel(context.Cause(ctx))
		case <-due:
			if v.s.Driven() {
				continue
			}
			v.cancel(ErrNotDriven)
		}
		<-v.done
		return
	}
}

// undrivenPatience is how long a call waits for somebody who drives the loop. Who starts the goroutine that calls may need
// some time until it comes to Run.
const undrivenPatience = 10 * time.Second

// Leave ends the visit with err. It may be called from the loop's goroutine only, and counts once.
func (v *Visit) Leave(err error) {
	v.remove()
	if v.end(err) && v.away {
		v.wake()
	}
}

// cancel is Leave for those that are not on the loop. A guest counts before the loop can see that its visit is over: one that
// found no visit and nobody active would take itself for stalled.
func (v *Visit) cancel(err error) {
	if v.slot != nil {
		v.s.Announce(1)
		defer v.s.Retire(1)
	}
	if v.end(err) {
		v.s.post((*leaving)(v))
		v.wake()
	}
	if v.slot != nil {
		v.slot.limit.hurry(v.s, v)
	}
}

// end reports whether the caller is the one that ends the visit.
func (v *Visit) end(err error) bool {
	if !v.over.CompareAndSwap(false, true) {
		return false
	}
	v.err = err
	return true
}

func (v *Visit) remove() {
	if v.held {
		v.held = false
		v.s.visits.remove(v)
		v.visitor.Left()
	}
}

func (v *Visit) links() *links[Visit] { return &v.link }

// enter begins the visit, on the loop.
func (v *Visit) enter() {
	if v.over.Load() {
		return
	}
	if v.s.cause != nil {
		v.Leave(v.s.cause)
		return
	}
	v.held = true
	v.s.visits.add(v)
	v.visitor.Enter()
}

// visiting is a Visit as the job that begins it; a type of its own keeps Run off Visit.
type visiting Visit

func (j *visiting) Run() { (*Visit)(j).enter() }

// Abort implements Aborter: Enter has panicked or called runtime.Goexit.
func (j *visiting) Abort(err error) { (*Visit)(j).Leave(err) }

// leaving takes a Visit that its ctx has ended off the list.
type leaving Visit

func (j *leaving) Run() { (*Visit)(j).remove() }

// endVisits wakes everybody who is blocked in a Visit with err.
func (s *Scheduler) endVisits(err error) {
	for s.visits.first != nil {
		s.visits.first.Leave(err)
	}
}
