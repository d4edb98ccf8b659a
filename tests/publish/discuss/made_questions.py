"""Made questions: groups of rewordings of one question, and others on the same papers that ask something else."""

REWORDED: list[list[str]] = [
    [
        "Why did the authors use only a single random seed for every experiment?",
        "Why was just one random seed used for all of the experiments?",
        "Why did they use only one seed in each experiment?",
    ],
    [
        "How does the model perform when background noise is added to the recordings?",
        "What happens to the performance of the model if there is background noise in the recordings?",
        "Would the model still work with noisy recordings?",
    ],
    [
        "Why were log-mel spectrograms chosen instead of raw waveforms?",
        "Why did they choose log-mel spectrograms as input rather than the raw waveform?",
        "Could the raw waveform be used instead of log-mel spectrograms?",
    ],
    [
        "Is there a risk of leakage because the same speaker appears in train and test?",
        "The same speakers appear in the training and the test set, isn't that leakage?",
    ],
    [
        "How large is the training set compared with the test set?",
        "How big is the test set compared to the training set?",
    ],
    [
        "Did you try data augmentation such as pitch shifting or time stretching?",
        "Have you tried augmenting the data with pitch shifting and time stretching?",
        "What would data augmentation like pitch shift bring?",
    ],
    [
        "Why is the learning rate fixed during the whole training?",
        "Why did you not use a learning rate schedule instead of a fixed learning rate?",
    ],
    [
        "How long does it take to train the network on one GPU?",
        "What was the training time of the network on a single GPU?",
    ],
    [
        "Why was accuracy the only metric that was reported although the classes are imbalanced?",
        "Since the classes are imbalanced, why do they report only accuracy?",
    ],
]
"""The threshold was chosen on these."""

OTHER: list[str] = [
    "Why was a convolutional network chosen and not a transformer?",
    "How were the labels of the recordings checked?",
    "What does the confusion matrix tell about violin and viola?",
    "Which layer needs most of the parameters?",
    "Could the model run on a phone in real time?",
    "Why is the baseline a support vector machine?",
    "How would the results change with half of the training data?",
    "Does the model work for instruments that it has never heard?",
    "Why do you use dropout after the second convolutional layer?",
    "What is the sample rate of the recordings and why was it chosen?",
    "Why did the authors use batch normalization in every layer?",
    "How does the model perform on recordings of children?",
    "Why were ten classes chosen instead of fifty?",
    "What would happen if the recordings were shorter than one second?",
    "Why was the model trained for only twenty epochs?",
    "How many human listeners took part in the listening test?",
    "Is the data set public?",
    "Why is the test set so small?",
    "Why was Adam used as the optimizer instead of SGD?",
    "How was the window length of the spectrogram chosen?",
]

REWORDED_ASIDE: list[list[str]] = [
    [
        "Why are the recordings resampled to 16 kHz?",
        "What is the reason for resampling all recordings to 16 kHz?",
    ],
    [
        "How many participants judged the generated audio in the listening test?",
        "How many people took part in the listening test of the generated audio?",
        "Who were the listeners in the listening test?",
    ],
    [
        "Could the attention maps be used to find out which frequencies matter?",
        "Do the attention maps show which frequencies are important?",
    ],
    [
        "Why does the validation loss go up after epoch ten?",
        "After about ten epochs the validation loss increases, why?",
    ],
    [
        "How was the threshold for onset detection selected?",
        "Which threshold was used for detecting onsets and how was it selected?",
    ],
    [
        "Does the pretrained encoder generalise to other languages?",
        "Would the pretrained encoder also work on other languages than English?",
    ],
    [
        "What is the effect of the window size on the results?",
        "How does window size affect the results?",
    ],
    [
        "Why do they not compare against wav2vec 2.0?",
        "Why is there no comparison with wav2vec 2.0?",
    ],
]
"""Set aside while the threshold was chosen."""

OTHER_ASIDE: list[str] = [
    "How is the loss weighted between the two heads?",
    "Why is the encoder frozen during fine-tuning?",
    "Could the onset detector run in real time?",
    "What is the effect of the batch size on the results?",
    "How many hours of audio does the data set hold?",
    "Why are the results on German so much worse than on English?",
    "Does the attention help on short recordings?",
    "Why is the window a Hann window?",
    "How were the hyperparameters selected?",
    "Why does the loss of the second head go down so slowly?",
    "Which microphone was used for the recordings?",
    "Are the listeners musicians?",
    "Why was ten chosen as the number of mel bands?",
    "How does the number of mel bands affect the results?",
    "Do they correct for multiple comparisons?",
    "What was the validation set used for?",
    "Why are the generated recordings only two seconds long?",
]
