package gqlgenloader

import (
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// The field _entities of a federated server is one resolver with goroutines of its own: one for each representation, or
// one for each type whose entities are resolved together. They are counted as one whole until the last has ended, since
// nothing is told of a single one: where one needs more loads than another, patience has to run out.

// entities counts the goroutines that the field of fc is going to start. What it returns is to be called when they have
// ended.
func (r *request) entities(fc *graphql.FieldContext) (done func()) {
	if fc.Field.Name != "_entities" || !r.ext.schema.isRoot(fc.Object) {
		return func() {}
	}
	reps, _ := fc.Args["representations"].([]map[string]any)
	together := map[string]bool{}
	n := 0
	for _, rep := range reps {
		name, ok := rep["__typename"].(string)
		if !ok {
			continue
		}
		if r.ext.schema.isMulti(name) {
			if together[name] {
				continue
			}
			together[name] = true
		}
		n++
	}
	if n < 2 {
		return func() {}
	}
	r.loop.Announce(n - 1)
	return func() { r.loop.Retire(n - 1) }
}

// isMulti reports whether the entities of a type are resolved together, by a resolver such as FindManyUserByIDs.
func (s *schema) isMulti(name string) bool {
	for m := range s.resolvers {
		if m.object == "entity" && strings.HasPrefix(m.field, "findmany"+fold(name)) {
			return true
		}
	}
	return false
}
