#include "tests/faults/ledger.hpp"

#include <flatbuffers/idl.h>
#include <flatbuffers/reflection.h>
#include <openssl/evp.h>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include "gateways/cli/data_folder.hpp"
#include "gateways/nats/stream.hpp"

namespace faults {
namespace {

using Bytes = flatbuffers::Vector<std::uint8_t>;

// The schema of one context, as flatc understands it.
class Schema {
 public:
  explicit Schema(const std::string& context) : context_{context} {
    const auto text = cli::read_file("schemas/" + context + ".fbs");
    const char* folders[] = {"schemas", nullptr};
    parser_.opts.strict_json = true;
    parser_.opts.output_default_scalars_in_json = true;
    if (!parser_.Parse(text.c_str(), folders)) throw std::runtime_error(parser_.error_);
    parser_.Serialize();
    const auto* built = parser_.builder_.GetBufferPointer();
    binary_.assign(built, built + parser_.builder_.GetSize());
  }

  const reflection::Schema& reflected() const { return *reflection::GetSchema(binary_.data()); }
  const reflection::Object& table(const std::string& name) const {
    const auto* found = reflected().objects()->LookupByKey((context_ + '.' + name).c_str());
    if (!found) throw std::runtime_error("the schemas have no table " + name);
    return *found;
  }
  nlohmann::json json(const std::string& table, const std::string& bytes) {
    std::string text;
    if (!parser_.SetRootType((context_ + '.' + table).c_str()) ||
        !flatbuffers::GenerateText(parser_, bytes.data(), &text))
      throw std::runtime_error("the schemas cannot show a " + table);
    return nlohmann::json::parse(text);
  }

 private:
  std::string context_;
  flatbuffers::Parser parser_;
  std::string binary_;
};

// One table in a buffer, its fields by their names.
class Table {
 public:
  Table(const reflection::Object& type, const flatbuffers::Table* table)
      : type_{type}, table_{table} {}

  std::uint64_t number(const char* name) const {
    return flatbuffers::GetFieldI<std::uint64_t>(*table_, field(name));
  }
  std::string text(const char* name) const {
    const auto* text = flatbuffers::GetFieldS(*table_, field(name));
    return text ? text->str() : "";
  }
  std::string bytes(const char* name) const {
    const auto* bytes = table_->GetPointer<const Bytes*>(field(name).offset());
    return bytes ? std::string{bytes->begin(), bytes->end()} : "";
  }
  template <class Use>
  void each(const char* name, const reflection::Object& type, Use use) const {
    const auto* all =
        table_->GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::Table>>*>(
            field(name).offset());
    if (!all) return;
    for (const auto* one : *all) use(Table{type, one});
  }

 private:
  const reflection::Field& field(const char* name) const {
    return *type_.fields()->LookupByKey(name);
  }

  const reflection::Object& type_;
  const flatbuffers::Table* table_;
};

class Reader {
 public:
  // Takes a message; another writer's is no part of the chain.
  void take(const std::string& message) {
    const auto& type = construct_.table("Block");
    if (!flatbuffers::Verify(construct_.reflected(), type, bytes_of(message), message.size()))
      return;
    const Table block{type, flatbuffers::GetAnyRoot(bytes_of(message))};
    if (block.bytes("previous") != head_ || block.number("first_commit") != commits.size()) return;
    head_ = sha256(message);
    block.each("commits", construct_.table("StoredCommit"), [&](const Table& stored) {
      add(stored.bytes("bytes"));
    });
  }

  std::vector<Commit> commits;

 private:
  static const std::uint8_t* bytes_of(const std::string& text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
  }

  void add(const std::string& bytes) {
    const auto& type = construct_.table("Commit");
    if (!flatbuffers::Verify(construct_.reflected(), type, bytes_of(bytes), bytes.size()))
      throw std::runtime_error("a commit is damaged");
    const Table table{type, flatbuffers::GetAnyRoot(bytes_of(bytes))};
    Commit commit{
        .number = commits.size(),
        .at = decltype(Commit::at){std::chrono::microseconds{
            static_cast<std::int64_t>(table.number("at"))}},
        .command = table.text("command"),
        .key_hash = table.bytes("key_hash"),
        .rejection = table.text("rejection")};
    table.each("facts", construct_.table("Fact"), [&](const Table& fact) {
      auto& added = commit.facts.emplace_back(Fact{
          .aggregate = fact.text("aggregate"),
          .version = fact.number("version"),
          .type = fact.text("type")});
      added.data = schema(added.aggregate).json(added.type, fact.bytes("data"));
    });
    commits.push_back(std::move(commit));
  }

  Schema& schema(const std::string& aggregate) {
    const auto context = aggregate.substr(0, aggregate.find('/'));
    auto& found = schemas_[context];
    if (!found) found = std::make_unique<Schema>(context);
    return *found;
  }

  Schema construct_{"construct"};
  std::map<std::string, std::unique_ptr<Schema>> schemas_;
  std::string head_ = std::string(32, '\0');
};

}  // namespace

std::string sha256(const std::string& bytes) {
  std::string digest(EVP_MD_size(EVP_sha256()), '\0');
  if (EVP_Digest(
          bytes.data(),
          bytes.size(),
          reinterpret_cast<unsigned char*>(digest.data()),
          nullptr,
          EVP_sha256(),
          nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot make a SHA-256; check its installation");
  return digest;
}

std::vector<Commit> read_log(const std::filesystem::path& data) {
  nats::Connection connection{{cli::read_file(data / "run" / "operator")}, "checker"};
  nats::Stream log{connection, [](const std::string& why) { throw std::runtime_error(why); }};
  const auto end = log.end();
  if (!end) throw std::runtime_error("the log does not answer");
  Reader reader;
  const auto reading = log.subscribe(1);
  constexpr std::size_t at_once = 64;
  constexpr int patience_ms = 10'000;
  for (std::uint64_t at = 0; at < *end;) {
    const auto messages = reading->next(at_once, patience_ms);
    if (messages.empty()) throw std::runtime_error("the log has fallen silent");
    for (const auto& message : messages) {
      if (message.sequence != ++at) throw std::runtime_error("a message of the log is missing");
      if (at <= *end) reader.take(message.data);
    }
  }
  return std::move(reader.commits);
}

}  // namespace faults
