using Toe.Firmware;

namespace Toe.Adapters;

/// <summary>An adapter's status with the judgement of its firmware: one immutable snapshot, so that gates read both together.</summary>
/// <param name="Status">The status.</param>
/// <param name="Assessment">The judgement of its firmware.</param>
/// <param name="IsJudged">False between the adapter's coming (back) and the first reading of the card.</param>
internal sealed record AdapterView(AdapterStatus Status, FirmwareAssessment Assessment, bool IsJudged);
