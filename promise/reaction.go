package promise

import "github.com/batchtick/batchtick/scheduler"

// reaction is the part of a job that hangs in a pending promise's list until the promise is settled. It lies inside the
// job's own object, so that registering a callback allocates one object in all.
type reaction struct {
	next *reaction
	job  scheduler.Job // nil when it is in no list any more, or was dropped
}

// reactions is a circular list of reactions in the order of registration (A+ 2.2.6), known by its last one: two lists
// become one in constant time.
type reactions struct{ last *reaction }

func (l *reactions) push(r *reaction) {
	if l.last == nil {
		r.next = r
	} else {
		r.next = l.last.next
		l.last.next = r
	}
	l.last = r
}

// concat appends second and returns the whole.
func (l reactions) concat(second reactions) reactions {
	switch {
	case l.last == nil:
		return second
	case second.last == nil:
		return l
	}
	l.last.next, second.last.next = second.last.next, l.last.next
	return second
}

// take empties the list and calls f with each reaction, in order. f may push it to the list again.
func (l *reactions) take(f func(*reaction)) {
	last := l.last
	if last == nil {
		return
	}
	l.last = nil
	for r := last.next; ; {
		next := r.next
		r.next = nil
		f(r)
		if r == last {
			return
		}
		r = next
	}
}

// enqueue empties the list into the queue of s.
func (l *reactions) enqueue(s *scheduler.Scheduler) {
	if r := l.last; r != nil && r.next == r { // one alone, which is nearly always
		l.last, r.next = nil, nil
		r.enqueue(s)
		return
	}
	l.take(func(r *reaction) { r.enqueue(s) })
}

func (r *reaction) enqueue(s *scheduler.Scheduler) {
	if job := r.job; job != nil {
		r.job = nil
		s.Enqueue(job)
	}
}

// sweep throws out the reactions that were dropped, and returns how many are left.
func (l *reactions) sweep() (alive int) {
	l.take(func(r *reaction) {
		if r.job != nil {
			l.push(r)
			alive++
		}
	})
	return alive
}
