package promise

import "github.com/batchtick/batchtick/scheduler"

// group is what All, AllSettled, Any, Race and AllMap are made of: a promise for an R that several promises of T decide.
// It is one object, with one more for the reactions of all members.
type group[T, R any] struct {
	promise Promise[R]
	members []member[T, R]
	left    int // members that are not settled yet
	result  R   // as far as it is known

	// settled takes in that member i is settled as src is, and decides the group if that decides it.
	settled func(g *group[T, R], i int, src *Promise[T])
}

type member[T, R any] struct {
	reaction
	group  *group[T, R]
	source *Promise[T] // nil once it has been taken in
	index  int
}

// newGroup makes a group that waits for ps, and rejects it at once if one of them is nil.
func newGroup[T, R any](s *scheduler.Scheduler, ps []*Promise[T], result R,
	settled func(g *group[T, R], i int, src *Promise[T]),
) *group[T, R] {
	g := &group[T, R]{left: len(ps), result: result, settled: settled}
	g.promise.s = must(s)
	g.members = make([]member[T, R], len(ps))
	for i, p := range ps {
		if p == nil {
			g.rejectAll(ErrNilPromise)
			break
		}
		p = p.local(s)
		m := &g.members[i]
		m.group, m.source, m.index = g, p, i
		p.react(&m.reaction, m)
	}
	return g
}

func (m *member[T, R]) Run() {
	g := m.group
	if g.members == nil { // decided already
		return
	}
	src := m.source.root()
	m.source = nil
	g.left--
	g.settled(g, m.index, src)
}

// fulfilAll and rejectAll decide the group, and leave the members that are still pending: the loser of a race must not stay
// in the list of a promise that never settles.
func (g *group[T, R]) fulfilAll() {
	g.leave()
	g.promise.fulfil(g.result)
}

func (g *group[T, R]) rejectAll(reason error) {
	g.leave()
	g.promise.reject(reason)
}

func (g *group[T, R]) leave() {
	members := g.members
	g.members = nil
	for i := range members {
		if m := &members[i]; m.source != nil {
			m.source.forget(&m.reaction)
			m.source = nil
		}
	}
}
