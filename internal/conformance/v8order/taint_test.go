package v8order_test

// taint finds the promises whose outcome may depend on the order in which callbacks run, by ECMAScript's own rules: a race
// between promises that can both settle, and the like, and what comes of it. tainted promises can't be compared with a
// library that spends fewer jobs; all others can. It errs on the side of taint.
type taint struct {
	tainted  []bool // by site
	clean    bool   // nothing is tainted, so what is left unhandled can be compared too
	fulfils  []bool // may be fulfilled; by site
	rejects  []bool // may be rejected
	settlers map[int]map[*statement]bool
	changed  bool
}

func findTaint(p *program) *taint {
	t := &taint{
		tainted: make([]bool, p.Sites), fulfils: make([]bool, p.Sites), rejects: make([]bool, p.Sites),
		settlers: map[int]map[*statement]bool{}, changed: true,
	}
	for t.changed { // what one promise may do depends on others, also on some that are made later
		t.changed = false
		for _, phase := range p.Phases {
			t.block(phase, nil, false)
		}
	}
	t.clean = true
	for _, tainted := range t.tainted {
		t.clean = t.clean && !tainted
	}
	return t
}

func (t *taint) set(flags []bool, site int, value bool) {
	if value && site >= 0 && !flags[site] {
		flags[site] = true
		t.changed = true
	}
}

// block looks at a body, which is the callback of owner. tainted says that it may or may not run.
func (t *taint) block(body []*statement, owner *statement, tainted bool) {
	for _, s := range body {
		if s.Op == "await" {
			t.set(t.rejects, owner.Site, s.Rethrow && t.rejects[s.On[0]])
			tainted = tainted || t.tainted[s.On[0]]
			t.set(t.tainted, owner.Site, tainted)
			continue
		}
		t.statement(s, owner, tainted)
	}
}

func (t *taint) statement(s *statement, owner *statement, tainted bool) {
	t.set(t.tainted, s.Site, tainted)
	t.outcome(s)
	switch s.Op {
	case "settle", "fail", "follow":
		r := s.On[0]
		if t.settlers[r] == nil {
			t.settlers[r] = map[*statement]bool{}
		}
		t.settlers[r][owner] = true // the first of one block always wins, the first of two does not
		t.set(t.tainted, r, tainted || len(t.settlers[r]) > 1)
	case "all":
		t.set(t.tainted, s.Site, count(s.On, t.rejects) > 1)
	case "any":
		t.set(t.tainted, s.Site, count(s.On, t.fulfils) > 1)
	case "race":
		t.set(t.tainted, s.Site, count(s.On, t.fulfils, t.rejects) > 1)
	}
	for _, site := range s.On {
		if s.Op == "follow" {
			t.set(t.tainted, s.On[0], t.tainted[site])
		}
		tainted = tainted || t.tainted[site]
	}
	if s.Op != "settle" && s.Op != "fail" {
		t.set(t.tainted, s.Site, tainted)
	}
	if c := s.Callback; c != nil {
		if c.End == "promise" {
			t.set(t.tainted, s.Site, t.tainted[c.Return])
		}
		t.block(c.Body, s, tainted)
	}
}

// outcome finds how the promise of s, or the one that s settles, may end.
func (t *taint) outcome(s *statement) {
	may := func(site int, fulfil, reject bool) {
		t.set(t.fulfils, site, fulfil)
		t.set(t.rejects, site, reject)
	}
	switch s.Op {
	case "resolve":
		may(s.Site, true, false)
	case "reject":
		may(s.Site, false, true)
	case "executor":
		if len(s.Acts) > 0 {
			may(s.Site, s.Acts[0] == "resolve", s.Acts[0] != "resolve")
		}
	case "try":
		may(s.Site, s.End == "value", s.End != "value")
	case "settle":
		may(s.On[0], true, false)
	case "fail":
		may(s.On[0], false, true)
	case "follow":
		q := s.On[1]
		may(s.On[0], t.fulfils[q], t.rejects[q] || q == s.On[0])
	case "all":
		may(s.Site, true, count(s.On, t.rejects) > 0)
	case "any":
		may(s.Site, count(s.On, t.fulfils) > 0, true)
	case "allSettled":
		may(s.Site, true, false)
	case "race":
		for _, q := range s.On {
			may(s.Site, t.fulfils[q], t.rejects[q])
		}
	case "async":
		t.ending(s, true)
	case "map", "then", "tap":
		may(s.Site, false, t.rejects[s.On[0]])
		t.ending(s, t.fulfils[s.On[0]])
	case "recover", "catch":
		may(s.Site, t.fulfils[s.On[0]], false)
		t.ending(s, t.rejects[s.On[0]])
	case "handle":
		t.ending(s, t.fulfils[s.On[0]] || t.rejects[s.On[0]])
	case "pass", "passCatch", "passFinally", "finally":
		may(s.Site, t.fulfils[s.On[0]], t.rejects[s.On[0]])
		t.set(t.rejects, s.Site, s.Op == "finally" && s.Callback.End == "panic")
	}
}

// ending takes in how the callback of s ends, if that can be called.
func (t *taint) ending(s *statement, called bool) {
	if !called {
		return
	}
	switch c := s.Callback; c.End {
	case "value", "fresh":
		t.set(t.fulfils, s.Site, true)
	case "promise":
		t.set(t.fulfils, s.Site, t.fulfils[c.Return])
		t.set(t.rejects, s.Site, t.rejects[c.Return])
	default:
		t.set(t.rejects, s.Site, true)
	}
}

// count counts the distinct promises among on that have one of flags.
func count(on []int, flags ...[]bool) int {
	distinct := map[int]bool{}
	for _, site := range on {
		for _, flag := range flags {
			if flag[site] {
				distinct[site] = true
			}
		}
	}
	return len(distinct)
}
