// Which facts are meant: every word given must hold; of a word given several times, one.
//
//   context=inventory      aggregate=inventory/StockItem or inventory/StockItem/sku-1
//   fact=StockReserved     actor=u-1     correlation=c-7
//   where=quantity>=10     a field of the fact, by its path (terms.price, lines.quantity): one of a
//                          list's items is enough; where is repeated, all must hold
//
// A where compares with = != < <= > >=: numbers and times by their value, all else as text. A fact
// without the field, or without a value in it, is not meant.
//
// Concurrency: any thread, once it is made.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "domain/fold/block_view.hpp"
#include "schemas/model.hpp"

namespace replay {

class Filter {
 public:
  // Throws Refused with a sentence when there is no such context, aggregate, fact or field, or the
  // value is none of the field's.
  void add(std::string_view word, std::string_view value);
  // "fact=StockAdjusted;actor=ann;where=quantity<0"
  static Filter parse(std::string_view text);
  // The words.
  static const std::vector<std::string_view>& words();

  bool takes(const fold::CommitView& commit, const fold::FactView& fact) const;
  // Whether any fact of this table may be meant.
  bool may_take(const schemas::Table& fact) const;
  // As it was given, for manifests.
  const std::vector<std::string>& text() const { return text_; }

 private:
  enum class Comparison : std::uint8_t {
    equal,
    unequal,
    less,
    less_or_equal,
    greater,
    greater_or_equal
  };
  // What a field is compared with; in tables of different types it may be another value.
  using Value = std::variant<std::int64_t, std::string>;
  struct Condition {
    std::vector<const schemas::Field*> path;
    Comparison comparison = Comparison::equal;
    Value value;
  };
  struct Where {
    std::string text;
    std::unordered_map<const schemas::Table*, Condition> of;  // only those that have the field
  };
  class Match;

  Where read_where(std::string_view text) const;
  static std::optional<Condition> resolve(
      const schemas::Table& table, std::string_view path, Comparison by, std::string_view value);

  std::set<std::string, std::less<>> contexts_, kinds_, aggregates_, facts_, actors_, correlations_;
  std::vector<Where> wheres_;
  std::vector<std::string> text_;
};

}  // namespace replay
