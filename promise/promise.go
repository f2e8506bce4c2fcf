package promise

import (
	"math"

	"github.com/batchtick/batchtick/scheduler"
)

// State is what a promise is: Pending, or settled as Fulfilled or Rejected.
type State uint8

const (
	Pending   State = iota // not settled; its fate may be decided all the same, by a promise that it follows
	Fulfilled              // has a value
	Rejected               // has an error
)

// Promise is a value that comes later, or the error that comes in its place (Promises/A+ 1.1). Make one with New,
// WithResolvers, Resolve, Reject, Go or Async, or from another with Then, Map, Catch and their like. It must not be copied.
//
// Promises that follow each other form a class with one fate. One of them, the root, holds the state, the value and the
// reactions of all; the others reach it through target. That makes following cost neither jobs nor memory: in a chain
// that returns itself for ever each new promise joins the class, and is garbage as soon as its callback has run.
type Promise[T any] struct {
	s      *scheduler.Scheduler
	target *Promise[T] // nearer to the root; nil for the root itself

	// These count at the root only.

	reactions reactions
	err       error // the reason, if Rejected
	state     State
	rank      uint8 // the root with the lower rank joins the other, so paths stay short (union by rank)

	// A promise that stays pending for long, such as one for "the server stops", must not collect what was raced against it
	// and lost. What is dropped stays in reactions as a shell, until as many are as were alive at the last sweep.
	dropped, alive uint16

	// These are each promise's own.

	sealed  bool // a Resolver has decided its fate (A+ 2.1: it can't be decided twice)
	handled bool // somebody has reacted to it, so its rejection is not lost

	value T // at the root: the value, if Fulfilled
}

// root returns the promise that holds the state of p's class.
func (p *Promise[T]) root() *Promise[T] {
	if p.target == nil {
		return p
	}
	return p.findRoot()
}

func (p *Promise[T]) findRoot() *Promise[T] {
	for p.target != nil {
		if p.target.target != nil {
			p.target = p.target.target // halve the path on the way, so that the next walk is shorter
		}
		p = p.target
	}
	return p
}

// fulfil settles p with a value (A+ 2.1.2). Who calls it is the only one that decides p's fate: the job of a derived
// promise, or a Resolver that has sealed it.
func (p *Promise[T]) fulfil(value T) {
	root := p.root()
	root.value, root.state = value, Fulfilled
	root.reactions.enqueue(root.s)
}

// reject settles p with a reason (A+ 2.1.3).
func (p *Promise[T]) reject(reason error) {
	if reason == nil {
		reason = ErrNilReason
	}
	root := p.root()
	root.err, root.state = reason, Rejected
	p.watch()
	root.reactions.enqueue(root.s)
}

// adopt settles p as q is settled.
func (p *Promise[T]) adopt(q *Promise[T]) {
	if q.state == Rejected {
		p.reject(q.err)
	} else {
		p.fulfil(q.value)
	}
}

// follow makes q's fate p's own (A+ 2.3.2). It costs no job, where ECMAScript spends two: if q is settled p is settled
// here, and if it is pending the two become one class.
func (p *Promise[T]) follow(q *Promise[T]) {
	switch {
	case q == nil:
		p.reject(ErrNilPromise)
		return
	case q.s != p.s:
		p.bridge(q)
		return
	}
	root, other := p.root(), q.root()
	if root == other { // q's fate already hangs on p's (A+ 2.3.1, and its circle of more than one)
		p.reject(ErrCycle)
		return
	}
	q.handled = true
	if other.state != Pending {
		p.adopt(other)
		return
	}
	p.watch()
	root.merge(other)
}

// merge makes one class of two. The reactions of the followed one come first, as if the follower had subscribed last.
func (p *Promise[T]) merge(followed *Promise[T]) {
	first, second := followed.reactions, p.reactions
	p.reactions, followed.reactions = reactions{}, reactions{}
	root, leaf := p, followed
	if followed.rank > p.rank {
		root, leaf = followed, p
	} else if followed.rank == p.rank {
		p.rank++
	}
	leaf.target = root
	root.reactions = first.concat(second)
	root.dropped = saturate(int(root.dropped) + int(leaf.dropped))
	root.alive = max(root.alive, leaf.alive)
}

// react has job run once p is settled (A+ 2.2.2, 2.2.3), from the queue (A+ 2.2.4). r is the part of job that goes into
// the list.
func (p *Promise[T]) react(r *reaction, job scheduler.Job) {
	p.handled = true
	root := p.root()
	if root.state != Pending {
		root.s.Enqueue(job)
		return
	}
	r.job = job
	root.reactions.push(r)
}

// forget takes back a react: the job will not run on p's account, and is no longer kept alive by p.
func (p *Promise[T]) forget(r *reaction) {
	if r.job == nil { // it has left the list, or never was in it
		return
	}
	r.job = nil
	root := p.root()
	root.dropped = saturate(int(root.dropped) + 1)
	if root.dropped >= max(root.alive, 32) {
		root.alive, root.dropped = saturate(root.reactions.sweep()), 0
	}
}

func saturate(n int) uint16 { return uint16(min(n, math.MaxUint16)) }

// watch has the scheduler see at the end of Run whether p was rejected and nobody has reacted.
func (p *Promise[T]) watch() {
	if !p.handled {
		p.s.Watch((*rejection[T])(p))
	}
}

// rejection is a Promise as the scheduler's list of suspects sees it; a type of its own keeps the method off Promise.
type rejection[T any] Promise[T]

// Unhandled implements scheduler.Rejection.
func (r *rejection[T]) Unhandled() (reason error, final bool) {
	p := (*Promise[T])(r)
	if p.handled {
		return nil, true
	}
	root := p.root()
	return root.err, root.state != Pending
}
