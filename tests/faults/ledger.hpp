// The log as a stranger reads it: message by message, taken apart by FlatBuffers' own library with
// the schemas of this tree. Beyond the connection nothing here is the platform's own, so that what
// both get wrong in the same way is not missed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace faults {

struct Fact {
  std::string aggregate;  // "ordering/Order/o-1"
  std::uint64_t version = 0;
  std::string type;
  nlohmann::json data;
};

struct Commit {
  std::uint64_t number = 0;
  std::chrono::sys_time<std::chrono::microseconds> at;
  std::string command;
  std::string key_hash;   // of the idempotency key: SHA-256, as bytes
  std::string rejection;  // of a flow's command that was refused
  std::vector<Fact> facts;
};

std::string sha256(const std::string& bytes);

// The log of the deployment that runs on this folder. Throws std::runtime_error when it is not one
// chain of blocks; messages that are no blocks of it are left out.
std::vector<Commit> read_log(const std::filesystem::path& data);

}  // namespace faults
