#include "gateways/http/listings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "projections/views/view.hpp"

namespace http {
namespace {

constexpr std::size_t filters_most = 6;  // All their combinations are worked out.

struct Sort {
  std::string field;
  views::Order order;
};

Sort read_sort(std::string_view text) {
  const bool descending = text.starts_with('-');
  return {
      std::string{text.substr(descending ? 1 : 0)},
      descending ? views::Order::descending : views::Order::ascending};
}

// Whether the index begins with these fields in some order, then has `sort` when that is given. A
// field that is a list must be a filter, or a row would be listed once for each of its items.
bool answers(
    const views::IndexType& index,
    const std::string& among,
    const std::vector<std::string>& filters,
    std::string_view sort) {
  const auto& fields = index.fields;
  if (index.among != among || fields.size() < filters.size() + (sort.empty() ? 0 : 1)) return false;
  const auto rest = fields.begin() + static_cast<std::ptrdiff_t>(filters.size());
  const auto names = [&](const std::string& filter) {
    return std::any_of(fields.begin(), rest, [&](auto* field) { return field->name == filter; });
  };
  return std::ranges::all_of(filters, names) && (sort.empty() || (*rest)->name == sort) &&
         std::none_of(rest, fields.end(), [](auto* field) { return field->type.list; });
}

const views::IndexType* find_index(
    const views::TableType& table,
    const std::string& among,
    const std::vector<std::string>& filters,
    std::string_view sort) {
  const views::IndexType* found = nullptr;
  for (const auto& index : table.indexes)
    if (answers(index, among, filters, sort) &&
        (!found || index.fields.size() < found->fields.size()))
      found = &index;
  return found;
}

// Whatever the table answers for exactly these filters.
std::vector<Listing> listings_with(
    const views::TableType& table,
    const ListQuery& query,
    const std::vector<std::string>& filters) {
  std::vector<Listing> found;
  for (const auto& each : query.sorts) {
    const auto [field, order] = read_sort(each);
    if (const auto* index = find_index(table, query.among, filters, field))
      found.push_back({filters, field, order, index});
  }
  if (!found.empty()) return found;
  const auto* index = find_index(table, query.among, filters, "");
  if (filters.empty() && query.among.empty())
    found.push_back({});
  else if (index)
    found.push_back({.filters = filters, .index = index});
  return found;
}

void check_possible(const std::vector<Listing>& listings, const ListQuery& query) {
  const auto refuse = [&](std::string_view what, std::string_view name) {
    throw std::invalid_argument(fmt::format(
        "no index of {} answers the {} {} of this list; declare one in the view {}",
        query.table,
        what,
        name,
        query.view));
  };
  if (listings.empty()) refuse("address and subset", query.among);
  for (const auto& filter : query.filters)
    if (std::ranges::none_of(listings, [&](const auto& each) {
          return std::ranges::find(each.filters, filter) != each.filters.end();
        }))
      refuse("filter", filter);
  for (const auto& sort : query.sorts)
    if (std::ranges::none_of(
            listings, [&](const auto& each) { return each.sort == read_sort(sort).field; }))
      refuse("sort", sort);
}

}  // namespace

std::vector<Listing> listings_of(
    const views::TableType& table,
    const ListQuery& query,
    const std::vector<std::string>& in_address) {
  if (query.filters.size() > filters_most)
    throw std::invalid_argument(fmt::format("a list has at most {} filters", filters_most));
  std::vector<Listing> all;
  for (std::size_t chosen = 0; chosen < std::size_t{1} << query.filters.size(); ++chosen) {
    auto filters = in_address;
    for (std::size_t i = 0; i < query.filters.size(); ++i)
      if (chosen >> i & 1) filters.push_back(query.filters[i]);
    std::ranges::move(listings_with(table, query, filters), std::back_inserter(all));
  }
  check_possible(all, query);
  return all;
}

const Listing* find_listing(
    std::span<const Listing> listings,
    const std::vector<std::string_view>& filters,
    std::string_view sort) {
  const auto found = std::ranges::find_if(listings, [&](const Listing& listing) {
    return std::ranges::is_permutation(listing.filters, filters) &&
           (sort.empty() || listing.sort == sort);
  });
  return found == listings.end() ? nullptr : &*found;
}

std::string describe(std::span<const Listing> listings, std::size_t in_address) {
  std::string text;
  const Listing* before = nullptr;
  for (const auto& listing : listings) {
    const std::span chosen{
        listing.filters.begin() + static_cast<std::ptrdiff_t>(in_address), listing.filters.end()};
    if (before && before->filters == listing.filters) {
      text += " or " + listing.sort;
    } else {
      if (before) text += before->sort.empty() ? "; " : "); ";
      text += chosen.empty() ? "none" : fmt::format("{}", fmt::join(chosen, " with "));
      if (!listing.sort.empty()) text += " (sort by " + listing.sort;
    }
    before = &listing;
  }
  if (before && !before->sort.empty()) text += ')';
  return text;
}

}  // namespace http
