package loaderorder_test

import (
	"encoding/json"
	"slices"
)

// candidates are the programs that are one change smaller than p: without an op, with an op's callback in its place, without
// a key or a hop, and with a phase joined to the next.
func candidates(p *program) (found []*program) {
	n := 0
	p.walk(func(*op) { n++ })
	for k := range n {
		found = append(found, replace(p, k, func(*op) []*op { return nil }))
		found = append(found, replace(p, k, func(o *op) []*op { return o.Then }))
	}
	for k := range n {
		found = append(found, replace(p, k, func(o *op) []*op {
			switch {
			case o.Hops > 0:
				o.Hops = 0
			case o.Op == "chain":
				o.Op, o.Keys = "load", o.Keys[:1]
			case len(o.Keys) > 1:
				o.Keys = o.Keys[1:]
			default:
				return nil
			}
			return []*op{o}
		}))
	}
	for i := 1; i < len(p.Phases); i++ {
		q := clone(p)
		q.Phases[i-1] = append(q.Phases[i-1], q.Phases[i]...)
		q.Phases = slices.Delete(q.Phases, i, i+1)
		found = append(found, q)
	}
	return found
}

// replace is p with others in the place of its k-th op.
func replace(p *program, k int, with func(*op) []*op) *program {
	q := clone(p)
	var block func([]*op) []*op
	block = func(ops []*op) []*op {
		kept := []*op{}
		for _, o := range ops {
			k--
			if k == -1 {
				kept = append(kept, with(o)...)
				continue
			}
			o.Then = block(o.Then)
			kept = append(kept, o)
		}
		return kept
	}
	for i := range q.Phases {
		q.Phases[i] = block(q.Phases[i])
	}
	return q
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
