# The Python peers of the `deid` benchmark, each by its public face and with its default profile. Runs in their environment
# (tools/peers/deid). Same task and answer as deid-worker.mjs.
import json
import logging
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


def pydicom_deid():
    from deid.dicom.header import get_identifiers, replace_identifiers
    from deid.logger import bot

    bot.level = 0

    def treat(source, target):
        # `deid identifiers --action all`: without a recipe its default one is taken.
        ids = get_identifiers([source])
        replace_identifiers(
            dicom_files=[source], ids=ids, save=True, overwrite=True, output_folder=os.path.dirname(target)
        )

    return treat


def dicognito():
    import pydicom
    from dicognito.anonymizer import Anonymizer

    anonymizer = Anonymizer()

    def treat(source, target):
        dataset = pydicom.dcmread(source)
        anonymizer.anonymize(dataset)
        dataset.save_as(target)

    return treat


def kitware():
    from dicomanonymizer.simpledicomanonymizer import anonymize_dicom_file

    return anonymize_dicom_file


def dcmanon():
    from dcmanon import Anonymizer

    anonymizer = Anonymizer()

    def treat(source, target):
        with open(target, "wb") as file:
            file.write(anonymizer.anonymize(source))

    return treat


TOOLS = {"deid": pydicom_deid, "dicognito": dicognito, "dicom-anonymizer": kitware, "dcmanon": dcmanon}


def main(task):
    os.makedirs(task["output"], exist_ok=True)
    treat = TOOLS[task["tool"]]()
    marks = [time.process_time() * 1000]
    refused = {}
    for files in (task["files"][: task["half"]], task["files"][task["half"] :]):
        for name in files:
            try:
                treat(os.path.join(task["input"], name), os.path.join(task["output"], name))
            except (Exception, SystemExit) as fault:
                # Its kind alone: a message may quote a value.
                refused[type(fault).__name__] = refused.get(type(fault).__name__, 0) + 1
        marks.append(time.process_time() * 1000)
    came_out = len(os.listdir(task["output"]))
    return {"marks": marks, "cameOut": came_out, "refused": refused}


answer = main(json.loads(sys.argv[1]))
print(json.dumps(answer), file=sys.__stdout__, flush=True)
