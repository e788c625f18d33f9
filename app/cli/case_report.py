"""An answered case for reading: the way from the pump amount to the payable, and every why."""

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.cli.case_answers import Answered
from app.documents.case_views import name_of
from app.domain.checkout.freezing import frozen_ledger
from app.domain.checkout.impossible import ChoiceImpossible
from app.domain.checkout.quote import Earned, PriceLine, PriceLineKind, Quote, UnappliedOffer
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.reason import Outcome
from app.domain.shared.funder import Funder
from app.domain.shared.text import Language, LocalizedText
from app.schema.texts.amounts import litres, money, unit_price
from app.schema.texts.checkout import LINE_LABELS, line_label, unlock_message
from app.schema.texts.names import FUEL_GRADES, MEMBER_TIERS, PAYMENT_METHODS
from app.schema.texts.reasons import reason_message
from app.schema.texts.words import Words

WIDEST = 112
OUTCOMES = {
    Outcome.BEATEN: (LocalizedText(zh="让位", en="beaten"), "yellow"),
    Outcome.INELIGIBLE: (LocalizedText(zh="不符条件", en="ineligible"), "red"),
    Outcome.NOT_CHOSEN: (LocalizedText(zh="未选", en="not chosen"), "dim"),
}


FUNDERS = {
    Funder.PLATFORM: LocalizedText(zh="平台", en="platform"),
    Funder.STATION: LocalizedText(zh="油站", en="station"),
    Funder.BRAND: LocalizedText(zh="品牌", en="brand"),
}


def print_case(console: Console, answered: Answered, language: Language) -> None:
    """The whole answer; what there is none of is left out."""
    words = answered.words(language)
    parts: list[RenderableType] = [_question(answered, words)]
    if isinstance(answered.answer, ChoiceImpossible):
        parts.append(_refusal(answered.answer, words))
    else:
        parts += _quote(answered, answered.answer, words)
    if answered.case.expect:
        parts.append(_expectation(answered, words))
    width = min(console.width, WIDEST)
    console.print(Group(*(Padding(part, (0, 0, 1, 0)) for part in parts)), width=width)


def _quote(answered: Answered, answer: Quote, words: Words) -> list[RenderableType]:
    parts: list[RenderableType] = [_lines(answer, words)]
    if answer.unapplied:
        parts.append(_unapplied(answered, answer, words))
    if answer.unlocks:
        parts.append(_unlocks(answer, words))
    if answer.rewards:
        parts.append(_rewards(answer, words))
    if answer.price.applied:
        parts.append(_ledger(answer, words))
    parts.append(_certificate(answer, words))
    return parts


def _question(answered: Answered, words: Words) -> RenderableType:
    purchase, shopper = answered.purchase, answered.purchase.shopper
    product, station = purchase.product, purchase.station
    point = product.pump_point_at(purchase.moment)
    known = [station.code, station.brand_code, station.region_code]
    who = words.say("游客", "guest")
    if not shopper.is_guest:
        who = MEMBER_TIERS[shopper.tier].in_language(words.language)
    first = [words.say("首单", "first order")] if shopper.first_order else []
    buyer = " · ".join([who, *sorted(shopper.segments), *first])
    method = purchase.payment_method
    paid = PAYMENT_METHODS[method].in_language(words.language) if method else "—"
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    grade = FUEL_GRADES[product.fuel_grade].in_language(words.language)
    price = "—" if point is None else unit_price(point.price_mill_per_litre, words.language)
    grid.add_row(words.say("油站", "station"), " · ".join(known))
    grid.add_row(words.say("油品", "product"), f"{grade} · {price}")
    grid.add_row(words.say("时间", "moment"), f"{purchase.moment:%Y-%m-%d %H:%M %z}")
    grid.add_row(words.say("客人", "shopper"), f"{buyer} · {paid}")
    note = answered.case.name.partition(": ")[2]
    return Panel(grid, title=Text(note, "bold"), title_align="left", box=box.ROUNDED, style="")


def _lines(answer: Quote, words: Words) -> Table:
    table = _table()
    table.add_column(words.say("明细", "line"))
    table.add_column("", style="dim")
    table.add_column(words.say("金额", "amount"), justify="right", no_wrap=True)
    table.add_column(words.say("余额", "running"), justify="right", no_wrap=True)
    for line in answer.lines:
        table.add_row(*_line(line, answer, words), money(line.running_total_fen))
    price = answer.price
    table.add_section()
    shown = unit_price(price.unit_price_mill, words.language)
    headline = words.say(f"到手价 {shown}", f"effective price {shown}")
    saved = words.say(f"共省 {money(price.discount_fen)}", f"{money(price.discount_fen)} off")
    table.add_row(
        Text(words.say("应付", "payable"), "bold"),
        headline,
        Text(saved, "green" if price.discount_fen else "dim"),
        Text(money(price.payable_fen), "bold reverse"),
    )
    return table


def _line(line: PriceLine, answer: Quote, words: Words) -> tuple[Text, Text, Text]:
    """What it is, where it comes from, and its amount."""
    amount = Text(money(line.amount_fen), "green" if line.amount_fen < 0 else "")
    kind = LINE_LABELS[line.kind].in_language(words.language)
    if line.applied is None:
        said = Text(line_label(line, words))
        if line is answer.lines[0]:
            volume = litres(answer.price.measure.shown_volume_ml)
            return said, Text(words.say(f"{volume} 升", f"{volume} L")), amount
        return said, Text(kind if line.label else ""), amount
    offer = line.applied
    told = [name_of(offer.candidate), kind]
    if offer.points:
        told.append(words.say(f"用 {offer.points} 积分", f"{offer.points} points"))
    if offer.cut_fen:
        cut = money(offer.cut_fen)
        told.append(words.say(f"触及限价，少减 {cut}", f"{cut} cut by a floor"))
    return Text(line_label(line, words)), Text(" · ".join(told)), amount


def _unapplied(answered: Answered, answer: Quote, words: Words) -> Table:
    table = _table(words.say("未用的优惠", "not applied"))
    table.add_column(words.say("优惠", "offer"))
    table.add_column("", style="dim")
    table.add_column(words.say("结局", "outcome"), no_wrap=True)
    table.add_column(words.say("原因", "why"))
    table.add_column(words.say("若必用，应付", "payable if used"), justify="right", no_wrap=True)
    for offer in answer.unapplied:
        said, style = OUTCOMES[offer.outcome]
        forced = answered.forced_fen(offer)
        table.add_row(
            Text(_title(offer.candidate, words)),
            Text(name_of(offer.candidate)),
            Text(said.in_language(words.language), style),
            _why(offer, words),
            Text("—", "dim") if forced is None else Text(money(forced)),
        )
    return table


def _why(offer: UnappliedOffer, words: Words) -> Text:
    stop = words.say("；", "; ")
    said = Text(stop.join(reason_message(reason, words) for reason in offer.reasons))
    if offer.conflicts:
        names = words.join([name_of(candidate) for candidate in offer.conflicts])
        said.append(words.say(f"（{names}）", f" ({names})"), "dim")
    return said


def _unlocks(answer: Quote, words: Words) -> Table:
    table = _table(words.say("再进一步", "one step further"))
    table.add_column(words.say("做什么", "what to do"))
    table.add_column(words.say("优惠", "offer"), style="dim")
    table.add_column(words.say("那时应付", "payable then"), justify="right", no_wrap=True)
    table.add_column(words.say("那时到手价", "price then"), justify="right", no_wrap=True)
    for hint in answer.unlocks:
        table.add_row(
            Text(unlock_message(hint, words), "cyan"),
            Text(f"{_title(hint.candidate, words)} {name_of(hint.candidate)}"),
            money(hint.payable_then_fen),
            unit_price(hint.unit_price_then_mill, words.language),
        )
    return table


def _rewards(answer: Quote, words: Words) -> Table:
    table = _table(words.say("完成后的奖励", "earned on completion"))
    table.add_column(words.say("奖励", "reward"))
    table.add_column("", style="dim")
    table.add_column(words.say("得到", "gives"), justify="right")
    for one in answer.rewards:
        title = one.promotion.title.in_language(words.language)
        table.add_row(Text(title), Text(one.promotion.code), _earned(one, words))
    return table


def _earned(one: Earned, words: Words) -> Text:
    if one.points is not None:
        return Text(words.say(f"{one.points} 积分", f"{one.points} points"), "green")
    if one.credit_fen is not None:
        credit = money(one.credit_fen)
        return Text(words.say(f"加油金 {credit}", f"{credit} fuel credit"), "green")
    title = one.batch.title.in_language(words.language) if one.batch else ""
    return Text(title, "green")


def _ledger(answer: Quote, words: Words) -> Table:
    """Who bears what, by line: frozen with the order."""
    table = _table(words.say("账目：各笔优惠由谁承担", "ledger: who bears each discount"))
    table.add_column(words.say("商品行", "line"))
    table.add_column(words.say("优惠", "offer"), style="dim")
    table.add_column(words.say("出资方", "borne by"))
    table.add_column(words.say("金额", "amount"), justify="right", no_wrap=True)
    lines = [LINE_LABELS[PriceLineKind.PUMP_AMOUNT].in_language(words.language)]
    lines += [line.label for line in answer.price.purchase.non_fuel]
    for label, parts in zip(lines, frozen_ledger(answer.price).lines, strict=True):
        for index, part in enumerate(parts.parts):
            name = part.code if part.coupon_id is None else f"{part.code}#{part.coupon_id}"
            funder = FUNDERS[part.funder].in_language(words.language)
            table.add_row(Text(label if index == 0 else ""), Text(name), funder, money(part.fen))
    return table


def _certificate(answer: Quote, words: Words) -> Text:
    proof = answer.price.certificate
    bound = money(proof.lower_bound_fen)
    said = Text()
    if proof.exact:
        said.append("✓ ", "green")
        said.append(words.say("已证明是最省的组合", "proved to be the cheapest combination"))
    else:
        said.append("≈ ", "yellow")
        said.append(
            words.say(
                f"在搜索预算内的最好组合，最省不会低于 {bound}",
                f"the best found within the budget; none is below {bound}",
            )
        )
    said.append(
        words.say(f"（考察 {proof.nodes} 个组合）", f" ({proof.nodes} combinations considered)"),
        "dim",
    )
    if proof.forgone_fen:
        forgone = money(proof.forgone_fen)
        said.append(
            words.say(f"；自选比最省多付 {forgone}", f"; the own choice costs {forgone} more"),
            "yellow",
        )
    return said


def _refusal(refusal: ChoiceImpossible, words: Words) -> Text:
    named = refusal.code if refusal.coupon_id is None else refusal.coupon_id
    said = Text("✗ ", "red")
    said.append(words.say("自选无法成立", "the choice cannot be priced"), "bold")
    said.append(f" {refusal.fault.value}" + ("" if named is None else f" · {named}"))
    for reason in refusal.reasons:
        said.append(f"\n  {reason_message(reason, words)}")
    return said


def _expectation(answered: Answered, words: Words) -> RenderableType:
    if not answered.differences:
        return Text(words.say("✓ 与预期一致", "✓ as expected"), "green")
    table = _table(words.say("✗ 与预期不符", "✗ not as expected"), "bold red")
    table.add_column(words.say("项目", "word"), no_wrap=True)
    table.add_column(words.say("预期", "expected"))
    table.add_column(words.say("实际", "found"))
    for difference in answered.differences:
        table.add_row(
            difference.name, Text(str(difference.expected)), Text(str(difference.found), "red")
        )
    return table


def _title(candidate: Candidate, words: Words) -> str:
    return candidate.promotion.title.in_language(words.language)


def _table(title: str | None = None, title_style: str = "bold") -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style=title_style,
        box=box.SIMPLE_HEAD,
        header_style="dim",
        expand=True,
        pad_edge=False,
        show_edge=False,
    )
