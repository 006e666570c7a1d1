#include "bench/rows/row.hpp"

namespace rows {

const std::vector<Row>& all() {
  static const std::vector<Row> rows{
      {"commands", "durable commands over HTTP against bare Beast", commands, false},
      {"peers", "durable commands over HTTP against other event stores", peers, false},
      {"ndjson", "commands in bulk against single ones", ndjson, false},
      {"lone", "one command at a time against a raw fsynced publish", lone, false},
      {"get", "GET of a row against bare Beast", get, false},
      {"visible", "from a command's answer to its row, at half the load", visible, false},
      {"hot", "all commands to one aggregate", hot, false},
      {"mixed", "nine reads for each command", mixed, false},
      {"rebuild", "a view made anew, against its parts", rebuild, false},
      {"replay", "the log folded in memory, against its decoding", replay, false},
      {"cluster", "a log on three nodes against one", cluster, false},
      {"soak", "half the load for half an hour, minute by minute", soak, true},
      {"scale", "a million aggregates and five million facts", scale, true},
  };
  return rows;
}

}  // namespace rows
