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
type reactions struct {
	last *reaction

	// A promise that stays pending for long, such as one for "the server stops", must not collect what was raced against
	// it and lost. A dropped reaction stays as a shell until as many are dropped as were alive at the last sweep.
	dropped, bound uint16
}

const minBound = 32

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
	l.last = second.last
	l.dropped = uint16(min(int(l.dropped)+int(second.dropped), 1<<16-1))
	l.bound = max(l.bound, second.bound)
	return l
}

// enqueue empties the list into the queue of s.
func (l *reactions) enqueue(s *scheduler.Scheduler) {
	last := l.last
	if last == nil {
		return
	}
	*l = reactions{}
	for r := last.next; ; {
		next := r.next
		r.next = nil
		if job := r.job; job != nil {
			r.job = nil
			s.Enqueue(job)
		}
		if r == last {
			return
		}
		r = next
	}
}

// drop takes r, which is in the list, out of it.
func (l *reactions) drop(r *reaction) {
	r.job = nil
	l.dropped++
	if l.dropped < max(l.bound, minBound) {
		return
	}
	old := *l
	*l = reactions{}
	alive := 0
	for r := old.last.next; ; {
		next := r.next
		r.next = nil
		if r.job != nil {
			l.push(r)
			alive++
		}
		if r == old.last {
			break
		}
		r = next
	}
	l.bound = uint16(min(alive, 1<<16-1))
}
