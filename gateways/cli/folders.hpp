// Where what lies below the data folder.
#pragma once

#include <filesystem>
#include <string>

#include "projections/views/view.hpp"

namespace cli {

struct Folders {
  std::filesystem::path data;

  std::filesystem::path lock() const { return data / "lock"; }
  std::filesystem::path log() const { return data / "log"; }  // JetStream's files: the truth
  // Of one server of a cluster.
  std::filesystem::path log(const std::string& server) const { return log() / server; }
  // The rest can be made again.
  std::filesystem::path streams(const std::string& instance) const {
    return data / "folds" / ("streams-" + instance);
  }
  std::filesystem::path fold(const std::string& name) const { return data / "folds" / name; }
  // Of flows or effects; gateways read those of the first.
  std::filesystem::path errands(const std::string& name, const std::string& instance) const {
    return fold(instance == "1" ? name : name + '-' + instance);
  }
  // A link to the generation that is read (roles/generations.hpp).
  std::filesystem::path view(const views::ViewType& type) const {
    return fold(type.name + '-' + std::to_string(type.version));
  }
  // While a view is compared with a fresh fold.
  std::filesystem::path scratch() const { return data / "folds" / "verifying"; }
  // Of the gateway in a process.
  std::filesystem::path reader(const std::string& instance, const std::string& of) const {
    return data / "run" / "readers" / instance / of;
  }
  std::filesystem::path run() const { return data / "run" / ""; }
  // Where nats-server is for the operator, who may read and steer all of it.
  std::filesystem::path operator_address() const { return run() / "operator"; }
  // The same for analysts, who may read the log and nothing else.
  std::filesystem::path replay_address() const { return run() / "replay"; }
  // Where it is for other systems, who may read facts.
  std::filesystem::path facts_address() const { return run() / "facts"; }
  std::filesystem::path keys() const { return data / "keys"; }
  std::filesystem::path digest_key() const { return data / "keys" / "body_digest"; }
  // Of one life of the log: the key that signs its checkpoints, and all that it has signed.
  std::filesystem::path audit_key(const std::string& incarnation) const {
    return keys() / ("audit-" + incarnation);
  }
  std::filesystem::path audit_signed(const std::string& incarnation) const {
    return keys() / ("audit-" + incarnation + ".signed");
  }
  // What `construct up` and its simulator sign webhooks with.
  std::filesystem::path payment_secret() const { return data / "keys" / "payment_webhooks"; }
  std::filesystem::path payment_simulator() const { return data / "simulators" / "payment"; }
};

}  // namespace cli
