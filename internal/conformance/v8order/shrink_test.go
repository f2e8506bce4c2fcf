package v8order_test

import (
	"encoding/json"
	"slices"
)

// shrink takes out of a failing program what it can do without. Each step tries every smaller program in one go.
func shrink(p *program, firstFailing func([]*program) *program) *program {
	for {
		smaller := firstFailing(candidates(p))
		if smaller == nil {
			return p
		}
		p = smaller
	}
}

// candidates are the programs that are one change smaller than p: without a statement, or with a callback that ends in
// the simplest way, or with everything in one phase less.
func candidates(p *program) (found []*program) {
	n := 0
	p.walk(func(*statement) { n++ })
	for k := range n {
		found = append(found, without(p, k))
	}
	for k := range n {
		q := clone(p)
		if s := q.nth(k); simplify(s) {
			found = append(found, q)
		}
	}
	for i := 1; i < len(p.Phases); i++ {
		q := clone(p)
		q.Phases[i-1] = append(q.Phases[i-1], q.Phases[i]...)
		q.Phases = slices.Delete(q.Phases, i, i+1)
		found = append(found, q)
	}
	return found
}

func simplify(s *statement) bool {
	switch {
	case len(s.On) > 1 && s.Op != "follow":
		s.On = s.On[1:]
	case s.Callback == nil:
		return false
	case s.Op == "then" || s.Op == "handle" || s.Op == "catch":
		if s.Callback.End == "fresh" {
			return false
		}
		s.Callback.End = "fresh"
	default:
		if s.Callback.End == "value" {
			return false
		}
		s.Callback.End = "value"
	}
	return true
}

func clone(p *program) *program {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	q := &program{}
	if err := json.Unmarshal(text, q); err != nil {
		panic(err)
	}
	return q
}

func (p *program) nth(k int) (found *statement) {
	p.walk(func(s *statement) {
		if k == 0 {
			found = s
		}
		k--
	})
	return found
}

// without is p without its k-th statement and all that can't do without it.
func without(p *program, k int) *program {
	q := clone(p)
	victim := q.nth(k)
	q.filter(func(s *statement) bool { return s != victim })
	for {
		made := make([]bool, q.Sites)
		q.walk(func(s *statement) {
			if s.Site >= 0 {
				made[s.Site] = true
			}
		})
		before := 0
		q.walk(func(*statement) { before++ })
		q.filter(func(s *statement) bool {
			return !slices.ContainsFunc(s.On, func(site int) bool { return !made[site] })
		})
		after := 0
		q.walk(func(s *statement) {
			after++
			if c := s.Callback; c != nil && c.End == "promise" && !made[c.Return] {
				c.End = "fresh"
			}
		})
		if after == before {
			return q
		}
	}
}

func (p *program) filter(keep func(*statement) bool) {
	var block func([]*statement) []*statement
	block = func(body []*statement) []*statement {
		kept := []*statement{}
		for _, s := range body {
			if !keep(s) {
				continue
			}
			if s.Callback != nil {
				s.Callback.Body = block(s.Callback.Body)
			}
			kept = append(kept, s)
		}
		return kept
	}
	for i := range p.Phases {
		p.Phases[i] = block(p.Phases[i])
	}
}
