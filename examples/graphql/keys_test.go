package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkSQLiteKeys is why the keys are one JSON parameter: as a list of parameters they are no faster, and have to be
// cut into chunks. Run it with: go test -run '^$' -bench SQLiteKeys .
func BenchmarkSQLiteKeys(b *testing.B) {
	s, err := open(b.Context(), "", defaultUsers, silent)
	require.NoError(b, err)
	defer s.Close()
	scan := func(rows *sql.Rows, err error) {
		require.NoError(b, err)
		n := 0
		for rows.Next() {
			_, err := scanUser(rows)
			require.NoError(b, err)
			n++
		}
		require.NoError(b, rows.Err())
		require.NotZero(b, n)
	}
	for _, n := range []int{1, 10, 100, 1000} {
		ids := make([]int, n)
		for i := range ids {
			ids[i] = 1 + i*7919%defaultUsers
		}
		b.Run(fmt.Sprintf("json/%d", n), func(b *testing.B) {
			for b.Loop() {
				scan(s.db.Query(usersByID+s.ids, s.args(tenants[0], s.idArgs(ids))...))
			}
		})
		b.Run(fmt.Sprintf("list/%d", n), func(b *testing.B) {
			for b.Loop() {
				args := []any{tenants[0]}
				for _, id := range ids {
					args = append(args, id)
				}
				scan(s.db.Query(usersByID+"IN (?"+strings.Repeat(",?", n-1)+")", args...))
			}
		})
	}
}
