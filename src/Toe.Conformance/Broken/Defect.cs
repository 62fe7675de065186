namespace Toe.Conformance;

/// <summary>What can be wrong with a provider, one thing at a time.</summary>
internal enum Defect
{
    CapitalName, NewInstances, DoubleIds, NamelessDevice, DeafDiscovery, DisposesOnce, AsksForRescans, NullList,
    ForeignId, WrongProvider, NoModel, UnknownEvidence, ChangingIdentity, NullInterfaces, RandomId,
    SlowStatus, StaleStatus, DeafRefresh, SingleRefresh, UnknownHealth, IllWithoutReason, NoRung,
    VersionWithoutText, BlankFirmware, DoubleParts, ChangingFirmware, StaleFirmware,
    UnknownFeature, NoFamily, ClaimsImports, HidesActiveOpen, HidesPassiveOpen, RefusesIPv6Oddly, FactWithoutSource, RefusesIPv6, HidesIPv4, HidesExports,
    ConnectsAtOpen, WrongRemote, IgnoresLocal, SilentOptions, AlwaysDowngrades, DeafOpen, BothAnswers, SilentListenOptions, IgnoresOptions, OddDowngrade, ThrowsOnOptions, HangsInOpen, ThrowsInOpen, OpensOneAtATime, ReachesNobody,
    DeafConnect, ConnectOutlivesDisposal, ClosesAtConnect, ConnectsTwice, WrongLocalEndPoint, ChangingLocalEndPoint, NeverConnects, ThrowsInConnect, ConnectsOneAtATime, LateCancellationAborts, SulksAfterCancellation, DropsFirstSend,
    ListensAtPortZero, WrongPeer, NeverAsks, AsksTwice, AcceptsAfterDisposal, EndsAcceptedWithListener, SharesPorts, DropsEarlyBytes, AlwaysDowngradesListen, DeafListen, ListenerDisposesOnce, LosesAccepted, BearsGrudges, ServesNothing,
    DropsLastByte, FlipsABit, BytesWithWouldBlock, TakesIntoNoRoom, EndsOnce, EndsEarly, CompletesBothWays, EndStopsSending, CompletingDropsBytes, ThrowsAfterEnd, HangsInReceive, MixesConnections, OverstatesReceive, CompletesOnce, NothingEndsStream, ClosesAtEnd, EmptyStreamFails, SkipsAByte, FlipsASentBit,
    DoublesReady, AnnouncesUnarmed, LosesReady, AnnouncesBothDirections, CountsArms, AnnouncesTooEarly, NeverAnnouncesSend, NeverAnnouncesReceive, BlocksInCallback, AbortThrowsInCallback,
    ClosesTwice, WrongCloseError, NoCloseEvent, EventAfterAbort, EventAfterDisposal, AbortsWithFin, ResetLooksLikeEnd, AbortsOnce, DisposesWithReset, SocketDisposesOnce, HangsWhenArmed,
    EndlessBuffer, TakesWhileBlocked, OneStuckStopsAll,
    WrongState, NegativeCounters, NoRoundTripTime, AcknowledgesTooMuch, InfoThrowsAfterEnd, UnknownConfidence, StuckState, InfoThrowsBeforeConnect,
    NamelessTable, WrongExhaustion, OverfullTable, NegativeCost, LimitWithoutSource, LeaksEntries, CostsNothing, RefusesOddlyWhenFull,
    SilentFailure, RefusesOddlyWhenFailed, NewIdWhenBack, StopsWithoutReason, ClosesWithoutReason, ThrowsWhenFailed, StaysDown, LeaksWhenBack, OddLinkDown, ConnectsWhenFailed, RefreshThrowsWhenFailed, DisposeThrowsWhenFailed, RevivesLost,
    WrongTuple, ForgetsUnread, NoSegmentSize, NeverResumes, ScaledOneWay, EventAfterLeaving, TakesNonsense, LeaksPlaces, ForgetsUnacknowledged, MovesOnce, MovesNoHalf, DropsAtResume, TalksWhenFrozen,
    CapturesOneWay, CapturesMirrored, CapturesAfterDisposal, WrongLinkType, ChangingLinkType, CaptureDisposesOnce,
    PeekTakes, LendsAnotherStream, CommitsNothing,
    AdapterDisposesOnce, LeaksHandles, TalksAfterDisposal, LeaksThreads, LeaksMemory, TiresSoon, SocketThrowsAfterAdapter, AdapterThrowsWithConnections,
    WritesBeyond, GivesOldBytes, WritesWhenBlocked, PortsInOrder, GuessableNumbers, LeaksAccepted,
}
