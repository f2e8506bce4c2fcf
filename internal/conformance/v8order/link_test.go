package v8order_test

// linker decides which promises the statements of a program work on.
type linker struct {
	g *generator

	// A promise follows only those of a lower rank, or itself. A bigger circle stays pending for ever in JavaScript and is
	// an ErrCycle here: a known difference, asserted elsewhere.
	rank []int
}

// link links a block and returns it without the statements that found nothing to work on, and the scope at its end.
//
// A statement sees what its block and the blocks around it have made before. A callback sees the whole of the blocks around
// it, since it runs when they are through. In an async function (pausing) that is not so, and its callbacks too see only
// what was made before.
func (l *linker) link(body, outer []*statement, pausing bool) (kept, scope []*statement) {
	kept = []*statement{}
	scope = outer[:len(outer):len(outer)]
	seen := map[*statement][]*statement{}
	for _, s := range body {
		seen[s] = scope
		if !l.sources(s, scope) {
			continue
		}
		kept = append(kept, s)
		if s.Site >= 0 {
			scope = append(scope[:len(scope):len(scope)], s)
		}
	}
	for _, s := range kept {
		c := s.Callback
		if c == nil {
			continue
		}
		visible := scope
		if pausing {
			visible = seen[s]
		}
		var inner []*statement
		c.Body, inner = l.link(c.Body, visible, s.Op == "async")
		if c.End == "promise" {
			target := l.choose(inner, func(q *statement) bool { return q.kind == number && l.rank[q.Site] < l.rank[s.Site] })
			if target == nil {
				c.End = "fresh"
			} else {
				c.Return = target.Site
			}
		}
	}
	return kept, scope
}

// sources finds what s works on. It reports whether s can stay.
func (l *linker) sources(s *statement, scope []*statement) bool {
	anything := func(*statement) bool { return true }
	numbers := func(q *statement) bool { return q.kind == number }
	resolvers := func(q *statement) bool { return q.Op == "resolvers" }
	want := anything
	s.kind = number
	switch s.Op {
	case "all":
		want, s.kind = numbers, list
	case "allSettled":
		want, s.kind = numbers, results
	case "any", "race", "catch", "recover":
		want = numbers
	case "settle", "fail", "follow":
		want = resolvers
	}
	for range s.wanted {
		q := l.choose(scope, want)
		if q == nil {
			return false
		}
		s.On = append(s.On, q.Site)
		switch s.Op {
		case "follow":
			follower := l.rank[q.Site]
			want = func(q *statement) bool { return q.kind == number && l.rank[q.Site] <= follower }
		case "tap", "finally", "pass", "passCatch", "passFinally":
			s.kind = q.kind
		}
	}
	return true
}

// choose picks one that fits, and often one of the last few, so that chains get long.
func (l *linker) choose(from []*statement, fits func(*statement) bool) *statement {
	var found []*statement
	for _, q := range from {
		if fits(q) {
			found = append(found, q)
		}
	}
	n := len(found)
	switch {
	case n == 0:
		return nil
	case n > 3 && l.g.IntN(2) == 0:
		return found[n-1-l.g.IntN(3)]
	default:
		return found[l.g.IntN(n)]
	}
}
